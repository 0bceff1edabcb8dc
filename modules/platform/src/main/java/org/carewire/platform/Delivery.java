package org.carewire.platform;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.carewire.protocol.CallId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.StatusSet;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserUnread;
import org.jspecify.annotations.Nullable;

/** What gateways are told to bring to their sessions. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(Delivery.Entry.class),
  @JsonSubTypes.Type(Delivery.ToParticipants.class),
  @JsonSubTypes.Type(Delivery.ToUsers.class),
  @JsonSubTypes.Type(Delivery.TopReached.class),
  @JsonSubTypes.Type(Delivery.MembersSet.class),
  @JsonSubTypes.Type(Delivery.Doubted.class),
  @JsonSubTypes.Type(Delivery.SessionReplaced.class),
  @JsonSubTypes.Type(Delivery.UserRevoked.class),
  @JsonSubTypes.Type(Delivery.PresenceChanged.class),
  @JsonSubTypes.Type(Delivery.StatusWasSet.class),
  @JsonSubTypes.Type(Delivery.OfCall.class),
  @JsonSubTypes.Type(Delivery.Notified.class),
  @JsonSubTypes.Type(Delivery.UnreadCounted.class)
})
public sealed interface Delivery {

  /**
   * An entry of a room's log: to every session of every member, and to admins who joined. The
   * sender's own session gets it as {@code message:sent}.
   *
   * @param data serialised once, the same in every frame
   * @param sender the session that sent it; absent where none did
   */
  record Entry(
      TenantId tenant,
      RoomId room,
      long offset,
      Collection<UserId> members,
      RawJson data,
      @Nullable SocketId sender)
      implements Delivery {}

  /**
   * A notification, stored in the log of each of some users: to all their sessions.
   *
   * @param content what all have in common, serialised once
   */
  record Notified(TenantId tenant, RawJson content, List<Notice> notices) implements Delivery {

    /**
     * What is one user's own.
     *
     * @param offset in the log of the user's notifications
     */
    public record Notice(EntryId id, long offset, Instant timestamp, UserUnread unread) {}
  }

  /** How many notifications some users have not read: to all their sessions. */
  record UnreadCounted(TenantId tenant, List<UserUnread> users) implements Delivery {}

  /**
   * A signal to the sessions that joined a room.
   *
   * @param except a session that does not get it
   */
  record ToParticipants(
      TenantId tenant, RoomId room, ServerEvent event, RawJson data, @Nullable SocketId except)
      implements Delivery {}

  /** A signal to all sessions of some users. */
  record ToUsers(TenantId tenant, List<UserId> users, ServerEvent event, RawJson data)
      implements Delivery {}

  /**
   * How far a room's log has come, where its members may not have been told of all of it.
   *
   * @param top the highest offset
   */
  record TopReached(TenantId tenant, RoomId room, long top, Collection<UserId> members)
      implements Delivery {}

  /** Something that was sent then may be stored, or be about to, and nobody was told of it. */
  record Doubted(Instant since) implements Delivery {}

  /**
   * Who may be in these rooms from now on, beside admins: the sessions of all others are taken out.
   *
   * @param removed those who were in until now; nobody where an earlier attempt is repeated
   */
  record MembersSet(TenantId tenant, Set<RoomId> rooms, Set<UserId> members, Set<UserId> removed)
      implements Delivery {}

  /** A session that its own user has replaced by a new one. */
  record SessionReplaced(TenantId tenant, UserId user, SocketId socket) implements Delivery {}

  /** No token that was issued to the user until then is good any longer: its sessions end. */
  record UserRevoked(TenantId tenant, UserId user, Instant revokedAt) implements Delivery {}

  /** What others see of users has changed, for whoever watches them. */
  record PresenceChanged(List<PresenceState> states) implements Delivery {}

  /** A user has set a status: for all sessions of that user. */
  record StatusWasSet(TenantId tenant, UserId user, StatusSet set) implements Delivery {}

  /**
   * What participants of a call are to know: to all sessions of some users, or one of them. Not to
   * be missed, and no session is told twice.
   *
   * @param number which of the notices of the call, by which one that comes again is known; below 0
   *     for one that comes once only
   * @param data serialised once
   * @param only the one session that it is for; absent where it is for all
   * @param except a session that does not get it
   */
  record OfCall(
      TenantId tenant,
      List<UserId> users,
      CallId call,
      long number,
      ServerEvent event,
      RawJson data,
      @Nullable SocketId only,
      @Nullable SocketId except)
      implements Delivery {
    /** Of {@code call:incoming}, which is told anew to sessions that come while it rings. */
    public static final long INCOMING = 0;

    /** Of {@code call:ended} where the call is over: nothing follows it. */
    public static final long ENDED = Long.MAX_VALUE;

    /** From here on numbers are those of changes; those below are of what can happen only once. */
    public static final long CHANGES = 1L << 20;

    /**
     * Of {@code call:accepted}.
     *
     * @param participant which of the call's it is who has accepted, from 0
     */
    public static long accepted(int participant) {
      return 1L + participant;
    }

    /** Of the notice of that index of a change, which makes the call one of that version. */
    public static long ofChange(long version, int index) {
      return version * CHANGES + index;
    }
  }
}
