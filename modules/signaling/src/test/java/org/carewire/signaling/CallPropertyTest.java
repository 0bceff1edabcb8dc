package org.carewire.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.signaling.CallScene.ANN;
import static org.carewire.signaling.CallScene.DOC;
import static org.carewire.signaling.CallScene.EVE;
import static org.carewire.signaling.CallScene.MACHINE;
import static org.carewire.signaling.CallScene.START;
import static org.carewire.signaling.CallScene.begun;
import static org.carewire.signaling.CallScene.returned;
import static org.carewire.signaling.CallScene.seat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.carewire.protocol.CallEndReason;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotifyMissedCall;
import org.carewire.protocol.ParticipantState;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.UserId;
import org.carewire.signaling.Transition.Changed;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever happens in whatever order. The seed of a failure is in the name of the test. */
class CallPropertyTest {
  private static final int STEPS = 60;

  static LongStream seeds() {
    return LongStream.range(0, 2_000);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aCallHasOneEndAndNothingHappensTwice(long seed) {
    var random = new Random(seed);
    UserId[] others = random.nextBoolean() ? new UserId[] {DOC} : new UserId[] {DOC, EVE};
    List<UserId> busy = random.nextInt(8) == 0 ? List.of(DOC) : List.of();
    Changed last = begun(busy, others);
    var history = new ArrayList<>(List.of(last));
    Instant now = START;
    for (int i = 0; i < STEPS; i++) {
      now = now.plusMillis(random.nextInt(8_000));
      Call before = last.call();
      if (MACHINE.apply(before, event(random, others), now) instanceof Changed changed) {
        last = changed;
        history.add(last);
        assertThat(before.over()).as("whether it was over").isFalse();
        assertThat(last.call().version()).isEqualTo(before.version() + 1);
      }
      assertIsSound(last.call());
    }
    endByItself(history, now);

    assertThat(history.getLast().call().over()).as("whether it ends").isTrue();
    assertNothingTwice(history);
  }

  /** When all connections are lost the deadlines end a call. */
  private static void endByItself(List<Changed> history, Instant now) {
    for (UserId user : List.of(ANN, DOC, EVE)) {
      Call call = history.getLast().call();
      Seat seat = call.party(user).map(Party::seat).orElse(null);
      if (seat != null) {
        happens(history, new CallEvent.Lose(user, seat.socket()), now);
      }
    }
    happens(history, new CallEvent.Tick(), now.plusSeconds(3_600));
  }

  private static void happens(List<Changed> history, CallEvent event, Instant now) {
    if (MACHINE.apply(history.getLast().call(), event, now) instanceof Changed changed) {
      history.add(changed);
    }
  }

  private static CallEvent event(Random random, UserId[] others) {
    int who = random.nextInt(others.length + 1);
    UserId user = who == others.length ? ANN : others[who];
    Seat seat = random.nextInt(4) == 0 ? returned(user, 1) : seat(user, 1 + random.nextInt(2));
    return switch (random.nextInt(14)) {
      case 0, 1 -> new CallEvent.Accept(user, seat);
      case 2, 3 -> new CallEvent.Join(user, seat);
      case 4 -> new CallEvent.Reject(user, seat.socket(), null);
      case 5 -> new CallEvent.Leave(user, seat.socket());
      case 6 ->
          random.nextInt(4) == 0
              ? new CallEvent.End(user, seat.socket())
              : new CallEvent.Signalled();
      case 7, 8 -> new CallEvent.Lose(user, seat.socket());
      case 9 -> new CallEvent.LoseNode(seat.gateway().node());
      case 10 -> new CallEvent.Hold(user, seat);
      case 11 -> new CallEvent.SetMedia(user, seat.socket(), random.nextBoolean(), null, null);
      case 12 ->
          random.nextInt(6) == 0
              ? new CallEvent.CheckMembers(Set.of(ANN, DOC))
              : new CallEvent.Signalled();
      default -> new CallEvent.Tick();
    };
  }

  private static void assertIsSound(Call call) {
    long in = call.joined().count();
    boolean rings = call.parties().stream().anyMatch(Party::ringing);
    switch (call.state()) {
      case CallState.Ringing _ -> {
        assertThat(CallScene.state(call, ANN)).isEqualTo(ParticipantState.JOINED);
        assertThat(in).isEqualTo(1);
        assertThat(rings).isTrue();
        assertThat(call.dueAt()).isPresent();
      }
      case CallState.Active _ -> assertThat(in > 1 || (in == 1 && rings)).isTrue();
      case CallState.Over over -> {
        assertThat(call.live()).isEmpty();
        assertThat(call.dueAt()).isEmpty();
        assertThat(over.acceptedAt() == null)
            .isEqualTo(
                over.status() != CallStatus.ENDED || over.reason() == CallEndReason.CANCELLED);
      }
    }
    call.parties().forEach(party -> assertThat(party.seat() != null).isEqualTo(party.joined()));
    assertThat(Json.read(Json.write(call), Call.class)).isEqualTo(call);
  }

  private static void assertNothingTwice(List<Changed> history) {
    var marked = new HashMap<UserId, Boolean>();
    Map<UserId, Integer> ended = new HashMap<>();
    int overs = 0;
    for (Changed change : history) {
      overs += change.call().over() ? 1 : 0;
      for (Effect effect : change.effects()) {
        switch (effect) {
          case Effect.MarkInCall(UserId user, boolean inCall) -> {
            Boolean was = marked.put(user, inCall);
            assertThat(inCall || Boolean.TRUE.equals(was)).isTrue();
          }
          case Effect.Tell tell when tell.event() == ServerEvent.CALL_ENDED ->
              tell.users().forEach(user -> ended.merge(user, 1, Integer::sum));
          case Effect.Tell _ -> {}
          case Effect.NotifyMissed(NotifyMissedCall missed) -> {
            assertThat(change.call().over()).isTrue();
            assertThat(missed.users())
                .isNotEmpty()
                .allMatch(user -> CallScene.state(change.call(), user) == ParticipantState.MISSED);
          }
        }
      }
    }
    assertThat(overs).isEqualTo(1);
    assertThat(marked.values()).doesNotContain(true);
    assertThat(ended.values()).allMatch(times -> times == 1);
  }
}
