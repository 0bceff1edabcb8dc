package org.carewire.signaling;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.signaling.CallScene.ANN;
import static org.carewire.signaling.CallScene.DOC;
import static org.carewire.signaling.CallScene.EVE;
import static org.carewire.signaling.CallScene.MACHINE;
import static org.carewire.signaling.CallScene.REJOIN;
import static org.carewire.signaling.CallScene.RING;
import static org.carewire.signaling.CallScene.START;
import static org.carewire.signaling.CallScene.STRANGER;
import static org.carewire.signaling.CallScene.active;
import static org.carewire.signaling.CallScene.after;
import static org.carewire.signaling.CallScene.begun;
import static org.carewire.signaling.CallScene.returned;
import static org.carewire.signaling.CallScene.ringing;
import static org.carewire.signaling.CallScene.seat;

import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.platform.Delivery;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.NotifyMissedCall;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.UserId;
import org.carewire.signaling.Transition.Changed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state of a call of two × everything that can happen to it. */
class CallTableTest {
  private static final Instant NOW = START.plusSeconds(5);
  private static final Instant RUNG_OUT = START.plus(RING);
  private static final Instant TOO_LATE = NOW.plus(REJOIN);

  /**
   * The columns: a dash is no change, a word in capitals a refusal, anything else the next state.
   */
  private static final String TABLE =
      """
      .                         | ringing        | callerGone     | active         | annLost        | bothLost       | ended       | rejected    | missed      | failed
      ann accepts               | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc accepts               | accepted       | accepted       | -              | -              | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc accepts elsewhere     | accepted       | accepted       | WRONG_STATE    | WRONG_STATE    | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc accepts again         | accepted       | accepted       | accepted       | accepted       | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      stranger accepts          | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED
      ann joins                 | -              | ringing        | -              | accepted       | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      ann joins elsewhere       | WRONG_STATE    | ringing        | WRONG_STATE    | accepted       | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      ann joins again           | ringing        | ringing        | accepted       | accepted       | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc joins                 | accepted       | accepted       | -              | -              | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc joins elsewhere       | accepted       | accepted       | WRONG_STATE    | WRONG_STATE    | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      stranger joins            | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED
      ann rejects               | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc rejects               | rejected       | rejected       | WRONG_STATE    | WRONG_STATE    | WRONG_STATE    | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      stranger rejects          | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED
      ann leaves                | ended          | ended          | ended          | ended          | ended          | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc leaves                | rejected       | rejected       | ended          | ended          | ended          | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      stranger leaves           | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED
      ann ends                  | ended          | ended          | ended          | ended          | ended          | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc ends                  | rejected       | rejected       | ended          | ended          | ended          | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      stranger ends             | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED
      ann mutes                 | ringing        | ringing        | accepted       | accepted       | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc mutes                 | WRONG_STATE    | WRONG_STATE    | accepted       | accepted       | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc mutes nothing         | WRONG_STATE    | WRONG_STATE    | -              | -              | -              | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      ann is lost               | ringing        | -              | accepted       | -              | -              | -           | -           | -           | -
      doc is lost               | -              | -              | accepted       | accepted       | -              | -           | -           | -           | -
      another of doc is lost    | -              | -              | -              | -              | -              | -           | -           | -           | -
      stranger is lost          | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED  | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED | ACCESS_DENIED
      their node is lost        | ringing        | -              | accepted       | accepted       | -              | -           | -           | -           | -
      another node is lost      | -              | -              | -              | -              | -              | -           | -           | -           | -
      ann is there              | -              | ringing        | -              | accepted       | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      doc is there              | WRONG_STATE    | WRONG_STATE    | -              | -              | accepted       | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      another of doc is there   | WRONG_STATE    | WRONG_STATE    | WRONG_STATE    | WRONG_STATE    | WRONG_STATE    | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      a signal                  | -              | -              | in_progress    | in_progress    | in_progress    | -           | -           | -           | -
      time goes by              | -              | -              | -              | -              | -              | -           | -           | -           | -
      it has rung               | missed         | missed         | -              | ended          | ended          | -           | -           | -           | -
      nobody is off             | -              | -              | -              | -              | -              | -           | -           | -           | -
      doc is off                | failed         | failed         | ended          | ended          | ended          | -           | -           | -           | -
      ann is off                | failed         | failed         | ended          | ended          | ended          | -           | -           | -           | -
      the visit is cancelled    | failed         | failed         | ended          | ended          | ended          | -           | -           | -           | -
      """;

  private static Map<String, Call> states() {
    var lost = new CallEvent.Lose(ANN, seat(ANN, 1).socket());
    Call annLost = after(active(DOC), lost, START);
    var states = new LinkedHashMap<String, Call>();
    states.put("ringing", ringing(DOC));
    states.put("callerGone", after(ringing(DOC), lost, START.plusSeconds(15)));
    states.put("active", active(DOC));
    states.put("annLost", annLost);
    states.put("bothLost", after(annLost, new CallEvent.Lose(DOC, seat(DOC, 1).socket()), START));
    states.put("ended", after(active(DOC), new CallEvent.End(DOC, seat(DOC, 1).socket()), START));
    states.put(
        "rejected",
        after(ringing(DOC), new CallEvent.Reject(DOC, seat(DOC, 1).socket(), null), START));
    states.put("missed", after(ringing(DOC), new CallEvent.Tick(), RUNG_OUT));
    states.put("failed", after(ringing(DOC), new CallEvent.CancelVisit(), START));
    return states;
  }

  private static Map<String, CallEvent> events() {
    var events = new LinkedHashMap<String, CallEvent>();
    Map.of("ann", ANN, "doc", DOC, "stranger", STRANGER)
        .forEach((name, user) -> addEventsOf(name, user, events));
    events.put("doc accepts elsewhere", new CallEvent.Accept(DOC, seat(DOC, 2)));
    events.put("doc accepts again", new CallEvent.Accept(DOC, returned(DOC, 1)));
    events.put("ann joins elsewhere", new CallEvent.Join(ANN, seat(ANN, 2)));
    events.put("ann joins again", new CallEvent.Join(ANN, returned(ANN, 1)));
    events.put("doc joins elsewhere", new CallEvent.Join(DOC, seat(DOC, 2)));
    events.put(
        "doc mutes nothing", new CallEvent.SetMedia(DOC, seat(DOC, 1).socket(), true, null, null));
    events.put("another of doc is lost", new CallEvent.Lose(DOC, seat(DOC, 2).socket()));
    events.put("another of doc is there", new CallEvent.Hold(DOC, seat(DOC, 2)));
    events.put("their node is lost", new CallEvent.LoseNode("node-1"));
    events.put("another node is lost", new CallEvent.LoseNode("node-2"));
    events.put("a signal", new CallEvent.Signalled());
    events.put("time goes by", new CallEvent.Tick());
    events.put("it has rung", new CallEvent.Tick());
    events.put("nobody is off", new CallEvent.CheckMembers(Set.of(ANN, DOC)));
    events.put("doc is off", new CallEvent.CheckMembers(Set.of(ANN)));
    events.put("ann is off", new CallEvent.CheckMembers(Set.of(DOC)));
    events.put("the visit is cancelled", new CallEvent.CancelVisit());
    return events;
  }

  private static void addEventsOf(String name, UserId user, Map<String, CallEvent> events) {
    Seat seat = seat(user, 1);
    events.put(name + " accepts", new CallEvent.Accept(user, seat));
    events.put(name + " joins", new CallEvent.Join(user, seat));
    events.put(name + " rejects", new CallEvent.Reject(user, seat.socket(), null));
    events.put(name + " leaves", new CallEvent.Leave(user, seat.socket()));
    events.put(name + " ends", new CallEvent.End(user, seat.socket()));
    events.put(name + " mutes", new CallEvent.SetMedia(user, seat.socket(), false, null, null));
    events.put(name + " is lost", new CallEvent.Lose(user, seat.socket()));
    events.put(name + " is there", new CallEvent.Hold(user, seat));
  }

  private static List<List<String>> rows(String table) {
    return table
        .lines()
        .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
        .toList();
  }

  static Stream<Arguments> cells() {
    return cells(TABLE);
  }

  private static Stream<Arguments> cells(String table) {
    List<String> columns = rows(table).getFirst();
    return rows(table).stream()
        .skip(1)
        .flatMap(
            row ->
                Stream.iterate(1, i -> i < columns.size(), i -> i + 1)
                    .map(i -> Arguments.of(columns.get(i), row.getFirst(), row.get(i))));
  }

  @ParameterizedTest(name = "{0}: {1} → {2}")
  @MethodSource("cells")
  void whatHappensIsAsTheTableSays(String state, String happens, String outcome) {
    Instant now = happens.equals("it has rung") ? RUNG_OUT : NOW;

    Transition transition =
        MACHINE.apply(
            requireNonNull(states().get(state)), requireNonNull(events().get(happens)), now);

    assertThat(word(transition)).isEqualTo(outcome);
  }

  private static String word(Transition transition) {
    return switch (transition) {
      case Changed changed -> changed.call().status(START).wireName();
      case Transition.Unchanged _ -> "-";
      case Transition.Refused refused -> refused.code().name();
    };
  }

  /** What Eve may do in a call of Ann and Doc that goes on, by what she is in it. */
  private static final String THIRD =
      """
      .       | invited     | ringing     | joined      | left        | declined    | missed      | removed
      accepts | WRONG_STATE | joined      | -           | WRONG_STATE | WRONG_STATE | WRONG_STATE | ACCESS_DENIED
      joins   | joined      | joined      | -           | joined      | joined      | joined      | ACCESS_DENIED
      rejects | WRONG_STATE | declined    | WRONG_STATE | WRONG_STATE | -           | WRONG_STATE | WRONG_STATE
      leaves  | -           | declined    | left        | -           | -           | -           | -
      ends    | WRONG_STATE | declined    | over        | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      mutes   | WRONG_STATE | WRONG_STATE | joined      | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      is lost | -           | -           | joined      | -           | -           | -           | -
      is there | WRONG_STATE | WRONG_STATE | -          | WRONG_STATE | WRONG_STATE | WRONG_STATE | WRONG_STATE
      """;

  private static Map<String, Call> asThird() {
    Call ringing = active(DOC, EVE);
    Seat seat = seat(EVE, 1);
    Call joined = after(ringing, new CallEvent.Accept(EVE, seat), START);
    var calls = new LinkedHashMap<String, Call>();
    calls.put(
        "invited",
        after(
            begun(List.of(EVE), DOC, EVE).call(), new CallEvent.Accept(DOC, seat(DOC, 1)), START));
    calls.put("ringing", ringing);
    calls.put("joined", joined);
    calls.put("left", after(joined, new CallEvent.Leave(EVE, seat.socket()), START));
    calls.put("declined", after(ringing, new CallEvent.Reject(EVE, seat.socket(), null), START));
    calls.put("missed", after(ringing, new CallEvent.Tick(), RUNG_OUT));
    calls.put("removed", after(joined, new CallEvent.CheckMembers(Set.of(ANN, DOC)), START));
    return calls;
  }

  static Stream<Arguments> cellsOfTheThird() {
    return cells(THIRD);
  }

  @ParameterizedTest(name = "{0}: {1} → {2}")
  @MethodSource("cellsOfTheThird")
  void whatTheThirdMayDoIsAsTheTableSays(String state, String happens, String outcome) {
    var events = new LinkedHashMap<String, CallEvent>();
    addEventsOf("eve", EVE, events);

    Transition transition =
        MACHINE.apply(
            requireNonNull(asThird().get(state)),
            requireNonNull(events.get("eve " + happens)),
            NOW);

    assertThat(
            transition instanceof Changed changed
                ? changed.call().over() ? "over" : CallScene.state(changed.call(), EVE).wireName()
                : word(transition))
        .isEqualTo(outcome);
  }

  @Test
  void theTableHasEveryKindOfEvent() {
    Set<String> happens = rows(TABLE).stream().map(List::getFirst).collect(Collectors.toSet());

    assertThat(rows(TABLE).getFirst()).containsAll(states().keySet());
    assertThat(
            events().entrySet().stream()
                .filter(event -> happens.contains(event.getKey()))
                .<Class<?>>map(event -> event.getValue().getClass()))
        .containsAll(kinds(CallEvent.class).toList());
  }

  private static Stream<Class<?>> kinds(Class<?> type) {
    return type.isSealed()
        ? Arrays.stream(type.getPermittedSubclasses()).flatMap(CallTableTest::kinds)
        : Stream.of(type);
  }

  @Test
  void itRingsByTheNumberByWhichItIsToldOnce() {
    assertThat(begun(List.of(), DOC).effects())
        .filteredOn(
            effect ->
                effect instanceof Effect.Tell tell
                    && tell.event() == ServerEvent.CALL_INCOMING
                    && Objects.equals(tell.number(), Delivery.OfCall.INCOMING))
        .hasSize(1);
  }

  /** Who is notified of a missed call where an event ends one; nobody else ever is. */
  private static final String MISSED =
      """
      .                      | ringing | callerGone | active | three | threeMissed | threeRemoved | threeLate | threeDeclined
      it has rung            | doc     | doc        | -      | -     | -           | -            | -         | -
      ann ends               | doc     | doc        | -      | eve   | eve         | -            | -         | -
      ann leaves             | doc     | doc        | -      | -     | eve         | -            | -         | -
      doc ends               | -       | -          | -      | eve   | eve         | -            | -         | -
      doc rejects            | -       | -          | -      | -     | -           | -            | -         | -
      doc leaves             | -       | -          | -      | -     | eve         | -            | -         | -
      doc is off             | -       | -          | -      | -     | -           | -            | -         | -
      ann is off             | doc     | doc        | -      | -     | -           | -            | -         | -
      the visit is cancelled | doc     | doc        | -      | eve   | eve         | -            | -         | -
      """;

  static Stream<Arguments> cellsOfTheMissed() {
    return cells(MISSED);
  }

  @ParameterizedTest(name = "{0}: {1} → {2}")
  @MethodSource("cellsOfTheMissed")
  void whoHasMissedTheCallIsNotifiedAtItsEnd(String state, String happens, String notified) {
    Call three = active(DOC, EVE);
    Call missed = after(three, new CallEvent.Tick(), RUNG_OUT);
    Seat late = seat(EVE, 1);
    var calls = states();
    calls.put("three", three);
    calls.put("threeMissed", missed);
    calls.put("threeRemoved", after(missed, new CallEvent.CheckMembers(Set.of(ANN, DOC)), NOW));
    calls.put("threeLate", after(missed, new CallEvent.Join(EVE, late), RUNG_OUT));
    calls.put("threeDeclined", after(three, new CallEvent.Reject(EVE, late.socket(), null), START));
    Call call = requireNonNull(calls.get(state));
    Instant now = happens.equals("it has rung") ? RUNG_OUT : NOW;

    Transition transition = MACHINE.apply(call, requireNonNull(events().get(happens)), now);

    assertThat(transition instanceof Changed changed ? missedIn(changed) : List.of())
        .isEqualTo(
            notified.equals("-")
                ? List.of()
                : List.of(
                    new NotifyMissedCall(
                        call.id(),
                        ANN,
                        call.visit(),
                        call.type(),
                        List.of(notified.equals("eve") ? EVE : DOC))));
  }

  @Test
  void whoIsBusyHasNotMissedTheCall() {
    assertThat(missedIn(begun(List.of(DOC), DOC))).isEmpty();
  }

  private static List<NotifyMissedCall> missedIn(Changed changed) {
    return changed.effects().stream()
        .filter(Effect.NotifyMissed.class::isInstance)
        .map(effect -> ((Effect.NotifyMissed) effect).missed())
        .toList();
  }

  @Test
  void whoIsLostHasLeftWhenItDoesNotComeBack() {
    Call lost = after(active(DOC), new CallEvent.Lose(DOC, seat(DOC, 1).socket()), NOW);

    assertThat(lost.dueAt()).contains(TOO_LATE);
    assertThat(after(lost, new CallEvent.Tick(), TOO_LATE.minusMillis(1))).isEqualTo(lost);
    assertThat(after(lost, new CallEvent.Tick(), TOO_LATE).over()).isTrue();
  }

  @Test
  void deadlinesThatAreLookedAtTooLatePassInTheirOrder() {
    var lost = new CallEvent.Lose(ANN, seat(ANN, 1).socket());
    Call lostLast = after(ringing(DOC), lost, RUNG_OUT.minusSeconds(1));
    Call lostFirst = after(ringing(DOC), lost, RUNG_OUT.minus(REJOIN).minusSeconds(1));
    Instant late = RUNG_OUT.plusSeconds(60);

    assertThat(after(lostLast, new CallEvent.Tick(), late).status(late))
        .isEqualTo(CallStatus.MISSED);
    assertThat(after(lostFirst, new CallEvent.Tick(), late).status(late))
        .isEqualTo(CallStatus.FAILED);
  }
}
