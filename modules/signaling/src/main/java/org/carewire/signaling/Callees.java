package org.carewire.signaling;

import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.InitiateCall;
import org.carewire.protocol.Limits;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomKind;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Whom a user may call, and how often. */
final class Callees {
  private static final Duration RATE_PERIOD = Duration.ofMinutes(1);

  /**
   * Who is called.
   *
   * @param caller by which right the caller is in
   * @param users the others, by which right each
   * @param room that has the call's record; absent where there is none
   */
  record Called(Party.Right caller, Map<UserId, Party.Right> users, @Nullable RoomId room) {}

  private final RightsStore rights;
  private final Limits limits;
  private final SignalingConfig config;

  Callees(RightsStore rights, Limits limits, SignalingConfig config) {
    this.rights = rights;
    this.limits = limits;
    this.config = config;
  }

  /** Fails with a {@link Refusal} where the caller may not. */
  Future<Called> of(Caller caller, InitiateCall command, Instant now) {
    RoomId named = command.room();
    RoomId chat = named != null && named.kind() == RoomKind.CHAT ? named : null;
    List<UserId> users = chat == null ? command.users() : List.of(otherOf(chat, caller));
    RoomId shared =
        command.visit() != null ? RoomId.visit(command.visit()) : chat == null ? named : null;
    return rights
        .find(
            caller,
            shared,
            users,
            limits.listedIds() + 1,
            limits.callsPerMinute() - 1,
            now.minus(RATE_PERIOD))
        .map(
            found -> {
              requireRate(found, now);
              requireAccess(caller, shared, found);
              requireMembers(caller, shared, users, found);
              List<UserId> called = users.isEmpty() ? List.copyOf(found.others()) : users;
              requireSize(called.size(), command.room() == null ? "participantIds" : "roomId");
              return called(caller, called, shared, found);
            });
  }

  private static UserId otherOf(RoomId chat, Caller caller) {
    return chat.otherUser(caller.user())
        .orElseThrow(
            () -> Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied to this room").at("roomId"));
  }

  private static void requireRate(RightsStore.Found found, Instant now) {
    Instant earlier = found.earlier();
    if (earlier != null) {
      throw Refusal.rateLimited(Duration.between(now, earlier.plus(RATE_PERIOD)));
    }
  }

  private static void requireAccess(
      Caller caller, @Nullable RoomId shared, RightsStore.Found found) {
    if (shared == null) {
      return;
    }
    if (!found.member() && !caller.isAdmin()) {
      throw Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied to this room");
    }
    if (!found.roomExists()) {
      throw Refusal.of(ErrorCode.NOT_FOUND, "There is no such room");
    }
    if (found.cancelled()) {
      throw Refusal.of(ErrorCode.WRONG_STATE, "The visit is cancelled");
    }
  }

  /**
   * In a visit those who are no care staff may call its members, else those they share one with.
   */
  private static void requireMembers(
      Caller caller, @Nullable RoomId shared, List<UserId> users, RightsStore.Found found) {
    boolean allowed =
        shared == null ? found.strangers().isEmpty() : found.others().containsAll(users);
    if (!allowed && !caller.role().isCareStaff()) {
      throw Refusal.of(
          ErrorCode.ACCESS_DENIED, "You may only call people you share a visit or group with");
    }
  }

  private void requireSize(int others, String field) {
    if (others == 0) {
      throw Refusal.badRequest(field, "There is nobody else to call in this room");
    }
    int most = config.sfu() == null ? config.meshParticipants() : limits.listedIds();
    if (others + 1 > most) {
      throw Refusal.badRequest(field, "A call has at most " + most + " participants");
    }
  }

  private static Called called(
      Caller caller, List<UserId> users, @Nullable RoomId shared, RightsStore.Found found) {
    // Outside of a visit or a group nobody takes the right from care staff to call anyone.
    boolean byMembership = shared != null || !caller.role().isCareStaff();
    var rights = new LinkedHashMap<UserId, Party.Right>();
    users.forEach(
        user ->
            rights.put(
                user, right(byMembership && (shared == null || found.others().contains(user)))));
    RoomId room = shared;
    if (room == null && users.size() == 1) {
      room = RoomId.chat(caller.user(), users.getFirst());
    }
    boolean isMember = byMembership && (shared == null || found.member());
    return new Called(right(isMember), rights, room);
  }

  private static Party.Right right(boolean isMember) {
    return isMember ? Party.Right.MEMBER : Party.Right.GUEST;
  }
}
