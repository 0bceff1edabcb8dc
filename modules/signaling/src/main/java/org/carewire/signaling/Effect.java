package org.carewire.signaling;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.carewire.protocol.CallNotice;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotifyMissedCall;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What a change of a call is to bring about once it is saved. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(Effect.Tell.class),
  @JsonSubTypes.Type(Effect.MarkInCall.class),
  @JsonSubTypes.Type(Effect.NotifyMissed.class)
})
sealed interface Effect {

  /**
   * Some users are told.
   *
   * @param number by which a session is told it once, whenever it is told; absent where the change
   *     gives it one
   * @param only one of their sessions; absent: all of them
   * @param except a session that is not told
   */
  record Tell(
      List<UserId> users,
      ServerEvent event,
      RawJson data,
      @Nullable Long number,
      @Nullable SocketId only,
      @Nullable SocketId except)
      implements Effect {

    static Tell all(List<UserId> users, CallNotice notice) {
      return new Tell(users, notice.event(), Json.raw(notice), null, null, null);
    }

    static Tell allBut(SocketId except, UserId user, CallNotice notice) {
      return new Tell(List.of(user), notice.event(), Json.raw(notice), null, null, except);
    }

    static Tell only(SocketId socket, UserId user, CallNotice notice) {
      return new Tell(List.of(user), notice.event(), Json.raw(notice), null, socket, null);
    }

    Tell numbered(long once) {
      return new Tell(users, event, data, once, only, except);
    }
  }

  /** Others see, or no longer see, that a user is in a call. */
  record MarkInCall(UserId user, boolean inCall) implements Effect {}

  /** Those who were called and have not come in until the end are left a notification. */
  record NotifyMissed(NotifyMissedCall missed) implements Effect {}
}
