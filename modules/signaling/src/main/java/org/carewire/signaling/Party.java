package org.carewire.signaling;

import java.time.Instant;
import org.carewire.protocol.CallParticipant;
import org.carewire.protocol.ParticipantState;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * A user in a call.
 *
 * @param right by which it may be in
 * @param seat of who is joined
 * @param rejoinBy when who has lost the connection has left; absent while it is there
 */
record Party(
    UserId user,
    Right right,
    ParticipantState state,
    @Nullable Seat seat,
    @Nullable Instant rejoinBy,
    boolean audio,
    boolean video,
    boolean screen) {

  /** By which a user may be in a call. */
  enum Right {
    /** As a member of the call's room, while it is one. */
    MEMBER,
    /** By the caller's right to call anyone. */
    GUEST,
    /** It was a member. */
    NONE
  }

  static Party called(UserId user, Right right, boolean busy, boolean video) {
    ParticipantState state = busy ? ParticipantState.INVITED : ParticipantState.RINGING;
    return new Party(user, right, state, null, null, true, video, false);
  }

  Party in(Seat taken) {
    return new Party(user, right, ParticipantState.JOINED, taken, null, audio, video, screen);
  }

  /** It is no longer in, or does not come in. */
  Party out(ParticipantState how) {
    return new Party(user, right, how, null, null, audio, video, false);
  }

  Party lost(Instant backBy) {
    return new Party(user, right, state, seat, backBy, audio, video, screen);
  }

  Party sending(boolean withAudio, boolean withVideo, boolean withScreen) {
    return new Party(user, right, state, seat, rejoinBy, withAudio, withVideo, withScreen);
  }

  Party with(Right changed) {
    return new Party(user, changed, state, seat, rejoinBy, audio, video, screen);
  }

  boolean joined() {
    return state == ParticipantState.JOINED;
  }

  boolean ringing() {
    return state == ParticipantState.RINGING;
  }

  /** Whether its connection is gone, and it may come back. */
  boolean away() {
    return rejoinBy != null;
  }

  CallParticipant participant() {
    return new CallParticipant(user, state, audio, video, screen);
  }
}
