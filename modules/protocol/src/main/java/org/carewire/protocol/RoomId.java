package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Optional;

/**
 * What events are addressed to: {@code chat:<userA>:<userB>} (ids in byte order), {@code
 * visit:<visitId>}, {@code group:<groupId>}, {@code call:<visitId>}, {@code
 * notifications:<userId>}, {@code topic:<name>}.
 *
 * @param names the ids after the kind: two users for a chat, else one
 */
public record RoomId(RoomKind kind, List<String> names) {

  public RoomId {
    names.forEach(IdSyntax::require);
    names = List.copyOf(names);
  }

  /**
   * Reads a room id; the two users of a chat may come in either order.
   *
   * @throws Refusal {@code BAD_REQUEST} where it is none
   */
  @JsonCreator
  public static RoomId parse(String text) {
    var parts = List.of(text.split(":", -1));
    for (RoomKind kind : RoomKind.values()) {
      if (kind.prefix().equals(parts.getFirst())) {
        return of(kind, parts.subList(1, parts.size()));
      }
    }
    throw unknown();
  }

  private static RoomId of(RoomKind kind, List<String> names) {
    if (names.size() != (kind == RoomKind.CHAT ? 2 : 1)) {
      throw unknown();
    }
    return kind == RoomKind.CHAT
        ? chat(new UserId(names.getFirst()), new UserId(names.getLast()))
        : new RoomId(kind, names);
  }

  private static Refusal unknown() {
    return Refusal.badRequest(
        "A room id is chat:<user>:<user>, visit:<visitId>, group:<groupId>, call:<visitId>,"
            + " notifications:<userId> or topic:<name>");
  }

  /** The room of two different users. */
  public static RoomId chat(UserId one, UserId other) {
    int order = one.value().compareTo(other.value());
    if (order == 0) {
      throw Refusal.badRequest("A chat has two different users");
    }
    return new RoomId(
        RoomKind.CHAT,
        order < 0 ? List.of(one.value(), other.value()) : List.of(other.value(), one.value()));
  }

  public static RoomId visit(VisitId visit) {
    return new RoomId(RoomKind.VISIT, List.of(visit.value()));
  }

  /** The room of a visit's call: signals only. */
  public static RoomId call(VisitId visit) {
    return new RoomId(RoomKind.CALL, List.of(visit.value()));
  }

  public static RoomId group(GroupId group) {
    return new RoomId(RoomKind.GROUP, List.of(group.value()));
  }

  /** The room of a user's notifications. */
  public static RoomId notifications(UserId user) {
    return new RoomId(RoomKind.NOTIFICATIONS, List.of(user.value()));
  }

  /** The room whose members and log this one goes by: a call has those of its visit. */
  public RoomId membersRoom() {
    return kind == RoomKind.CALL ? new RoomId(RoomKind.VISIT, names) : this;
  }

  /** In a chat, the other of its two users; empty where {@code user} is neither, or elsewhere. */
  public Optional<UserId> otherUser(UserId user) {
    if (kind != RoomKind.CHAT || !names.contains(user.value())) {
      return Optional.empty();
    }
    int own = names.indexOf(user.value());
    return Optional.of(new UserId(names.get(1 - own)));
  }

  /** The visit of a visit's room. */
  public Optional<VisitId> visitId() {
    return kind == RoomKind.VISIT ? Optional.of(new VisitId(names.getFirst())) : Optional.empty();
  }

  @JsonValue
  public String value() {
    return kind.prefix() + ":" + String.join(":", names);
  }

  @Override
  public String toString() {
    return value();
  }
}
