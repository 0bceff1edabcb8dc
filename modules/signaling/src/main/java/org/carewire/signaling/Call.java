package org.carewire.signaling;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallParticipant;
import org.carewire.protocol.CallRecord;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.CallType;
import org.carewire.protocol.Caller;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.VisitId;
import org.jspecify.annotations.Nullable;

/**
 * A call: a value that {@link CallMachine} makes the next one of. Health data: it does not print
 * itself.
 *
 * @param room whose log has its record; absent for several people without a visit or a room
 * @param metadata as the caller gave it
 * @param overSfu whether media goes over the SFU
 * @param ringsUntil when who has not answered has missed it
 * @param parties the caller first
 * @param version 1 at first, and one more with each change
 */
record Call(
    CallId id,
    TenantId tenant,
    Role callerRole,
    @Nullable VisitId visit,
    @Nullable RoomId room,
    CallType type,
    @Nullable RawJson metadata,
    boolean overSfu,
    Instant createdAt,
    Instant ringsUntil,
    List<Party> parties,
    CallState state,
    long version) {

  /** After the accept it is in progress, whatever is signalled. */
  private static final Duration UNTIL_IN_PROGRESS = Duration.ofSeconds(1);

  UserId caller() {
    return parties.getFirst().user();
  }

  Optional<Party> party(UserId user) {
    return parties.stream().filter(party -> party.user().equals(user)).findFirst();
  }

  /** From 0; the caller is 0. */
  int indexOf(UserId user) {
    return parties.stream().map(Party::user).toList().indexOf(user);
  }

  /** Those who are in. */
  Stream<Party> joined() {
    return parties.stream().filter(Party::joined);
  }

  /** Those who are in or being rung: they can be in no other call. */
  Stream<Party> live() {
    return parties.stream().filter(party -> party.state().isLive());
  }

  boolean over() {
    return state instanceof CallState.Over;
  }

  CallStatus status(Instant now) {
    return switch (state) {
      case CallState.Ringing _ -> CallStatus.RINGING;
      case CallState.Active active ->
          active.signalled() || !now.isBefore(active.acceptedAt().plus(UNTIL_IN_PROGRESS))
              ? CallStatus.IN_PROGRESS
              : CallStatus.ACCEPTED;
      case CallState.Over over -> over.status();
    };
  }

  /** Seconds since it was accepted, until it was over. */
  long duration(Instant now) {
    return switch (state) {
      case CallState.Ringing _ -> 0;
      case CallState.Active active -> Duration.between(active.acceptedAt(), now).toSeconds();
      case CallState.Over over -> over.duration();
    };
  }

  /** When a deadline of it is next. */
  Optional<Instant> dueAt() {
    if (over()) {
      return Optional.empty();
    }
    Stream<Instant> ringing = parties.stream().filter(Party::ringing).map(_ -> ringsUntil);
    Stream<Instant> away = parties.stream().map(Party::rejoinBy).filter(Objects::nonNull);
    return Stream.concat(ringing, away).min(Instant::compareTo);
  }

  List<CallParticipant> participants() {
    return parties.stream().map(Party::participant).toList();
  }

  Call with(CallState next) {
    return new Call(
        id,
        tenant,
        callerRole,
        visit,
        room,
        type,
        metadata,
        overSfu,
        createdAt,
        ringsUntil,
        parties,
        next,
        version);
  }

  Call with(UserId user, UnaryOperator<Party> change) {
    return with(
        parties.stream()
            .map(party -> party.user().equals(user) ? change.apply(party) : party)
            .toList(),
        version);
  }

  Call with(List<Party> changed, long next) {
    return new Call(
        id,
        tenant,
        callerRole,
        visit,
        room,
        type,
        metadata,
        overSfu,
        createdAt,
        ringsUntil,
        changed,
        state,
        next);
  }

  /** The server acts for its caller. */
  Caller onBehalf() {
    return of(caller());
  }

  /** The server acts for one of its users. */
  Caller of(UserId user) {
    return new Caller(tenant, user, callerRole, null, null);
  }

  CallRecord record(Instant now) {
    CallState.Over over = state instanceof CallState.Over ended ? ended : null;
    return new CallRecord(
        id,
        type,
        status(now),
        caller(),
        visit,
        room,
        participants(),
        createdAt,
        switch (state) {
          case CallState.Ringing _ -> null;
          case CallState.Active active -> active.acceptedAt();
          case CallState.Over ended -> ended.acceptedAt();
        },
        over == null ? null : over.endedAt(),
        over == null ? null : over.endedBy(),
        over == null ? null : over.reason(),
        over == null ? null : (Long) over.duration(),
        over == null || over.quality().isEmpty() ? null : over.quality());
  }

  @Override
  public String toString() {
    return "Call[" + id + ", version " + version + "]";
  }
}
