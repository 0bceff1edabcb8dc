package org.carewire.server;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.server.CallClient.Entered;
import org.carewire.server.CallClient.Gone;
import org.carewire.server.CallClient.Signal;
import org.carewire.server.CallSightings.Told;
import org.carewire.server.StoredCalls.StoredCall;

/** Compares what sessions were told of calls with what became of these. */
final class CallVerdict {
  /** What a session is told of a call and one of its people once. */
  private static final Set<String> TOLD_ONCE =
      Set.of(
          "call:incoming",
          "call:ringing",
          "call:busy",
          "call:accepted",
          "call:answeredElsewhere",
          "call:rejected",
          "call:missed",
          "call:ended");

  private static final Set<String> ENDS = Set.of("call:ended", "call:missed", "call:rejected");

  /** Soon, on a machine that is busy, though whoever should tell it has died. */
  private static final Duration TOLD_WITHIN = Duration.ofSeconds(6);

  /** A node, and the cluster, are themselves again so long after something was done to them. */
  private static final Duration RECOVERED = Duration.ofSeconds(14);

  /** For so long a client may hold a connection for alive that is not. */
  private static final Duration UNNOTICED = Duration.ofSeconds(10);

  private final List<CallClient> clients;
  private final StoredCalls stored;
  private final Map<String, StoredCall> calls;
  private final Disturbances disturbances;
  private final Set<String> come = new HashSet<>();
  private final List<String> violations = new ArrayList<>();

  private CallVerdict(
      List<CallClient> clients,
      StoredCalls stored,
      Disturbances disturbances) {
    this.clients = clients;
    this.stored = stored;
    this.calls = stored.calls().stream().collect(toMap(StoredCall::id, call -> call));
    this.disturbances = disturbances;
  }

  /** Answers what should be otherwise. */
  static List<String> on(
      DeliveryModel model,
      List<CallClient> clients,
      StoredCalls stored,
      Disturbances disturbances) {
    var verdict = new CallVerdict(clients, stored, disturbances);
    verdict.checkEnds();
    for (ModelDevice device : model.devices()) {
      device.connections().forEach(verdict::checkTold);
    }
    verdict.checkAnswers();
    clients.forEach(verdict::checkIsToldOfEnds);
    clients.forEach(verdict::checkSignals);
    return verdict.violations;
  }

  private void violated(String what) {
    violations.add(what);
  }

  private void checkEnds() {
    for (StoredCall call : stored.calls()) {
      if (!call.isClosed()) {
        violated("not over, or something is left of it: " + call);
      } else if (call.records() != 1) {
        violated("not in the log once: " + call);
      }
    }
    if (stored.strayLive() > 0) {
      violated(stored.strayLive() + " users are in calls that there are not");
    }
  }

  private void checkTold(ModelConnection connection) {
    var once = new HashSet<String>();
    var known = new HashSet<String>();
    var lastNumbers = new HashMap<String, Integer>();
    for (Told told : connection.calls().all()) {
      if (told.event().equals("call:signal")) {
        checkOrder(connection, told.data().path("signal"), lastNumbers);
        continue;
      }
      if (TOLD_ONCE.contains(told.event()) && !once.add(subject(told))) {
        violated(connection + " was told again " + told);
      }
      if (!known.add(told.call()) && told.event().equals("call:incoming")) {
        violated(connection + " was rung after it had been told of the call: " + told);
      }
      checkIsAsStored(connection, told);
    }
  }

  private static String subject(Told told) {
    JsonNode data = told.data();
    return told.event()
        + told.call()
        + data.path("userId").asText()
        + data.path("recipientId").asText();
  }

  private void checkOrder(
      ModelConnection connection, JsonNode signal, Map<String, Integer> lastNumbers) {
    String by = signal.path("by").asText();
    int number = signal.path("number").asInt();
    come.add(Signal.name(by, number));
    Integer last = lastNumbers.put(by, number);
    if (last != null && number <= last) {
      violated(
          "%s was sent the signal %d after %d of %s".formatted(connection, number, last, by));
    }
  }

  /** A call has the end that it was told to have. */
  private void checkIsAsStored(ModelConnection connection, Told told) {
    StoredCall call = calls.get(told.call());
    if (call == null) {
      violated(connection + " was told of a call that there is not: " + told);
      return;
    }
    boolean ofTwo = call.parties() == 2;
    boolean right =
        switch (told.event()) {
          case "call:ended" -> call.reason().equals(told.data().path("reason").asText());
          case "call:missed" -> !ofTwo || call.status().equals("missed");
          case "call:rejected" -> !ofTwo || call.status().equals("rejected");
          default -> true;
        };
    if (!right) {
      violated("%s was told %s, but it is %s".formatted(connection, told, call));
    }
  }

  /** Exactly one session answers for a user. */
  private void checkAnswers() {
    clients.stream()
        .flatMap(client -> client.entered().stream())
        .filter(entered -> entered.event().equals("call:accept"))
        .collect(
            groupingBy(entered -> entered.call() + " " + entered.by().device().user().id()))
        .values()
        .forEach(this::checkIsOne);
  }

  private void checkIsOne(List<Entered> answers) {
    for (Entered one : answers) {
      for (Entered other : answers) {
        if (one.at().isBefore(other.at())
            && one.by().device() != other.by().device()
            && isConnected(one.by(), one.at(), other.at())) {
          violated("answered by two sessions of one user: " + one + ", " + other);
        }
      }
    }
  }

  /** Who was in when the call ended, and whose connection lasted, knows that it is over. */
  private void checkIsToldOfEnds(CallClient client) {
    List<Gone> gone = client.gone();
    for (Entered entered : client.entered()) {
      StoredCall call = calls.get(entered.call());
      Instant ended = call == null ? null : call.endedAt();
      if (call != null
          && ended != null
          && !gone.contains(new Gone(entered.by(), entered.call()))
          && isConnected(entered.by(), earlier(entered.at(), ended), ended.plus(TOLD_WITHIN))
          && !isToldOfEnd(entered.by(), call)) {
        violated(entered + " was not told that it is over: " + call);
      }
    }
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static boolean isToldOfEnd(ModelConnection connection, StoredCall call) {
    return connection.calls().all().stream()
        .anyMatch(
            told ->
                told.call().equals(call.id())
                    && (call.parties() == 2
                        ? ENDS.contains(told.event())
                        : told.event().equals("call:ended")));
  }

  /** What was acknowledged has come, unless the recipient lost the connection about then. */
  private void checkSignals(CallClient sender) {
    for (Signal signal : sender.signals()) {
      Instant acknowledged = signal.acknowledgedAt();
      if (acknowledged == null || come.contains(signal.name())) {
        continue;
      }
      List<ModelConnection> recipients =
          clients.stream()
              .filter(client -> client.device().user().id().equals(signal.recipient()))
              .flatMap(client -> client.entered().stream())
              .filter(entered -> entered.call().equals(signal.call()))
              .map(Entered::by)
              .distinct()
              .toList();
      boolean allStay =
          recipients.stream()
              .allMatch(
                  recipient ->
                      isConnected(recipient, signal.askedAt(), acknowledged.plus(UNNOTICED)));
      if (!recipients.isEmpty() && allStay) {
        violated(signal + " was acknowledged, but has not come to any of " + recipients);
      }
    }
  }

  /** Whether a connection lasted all that time, at a node that nothing was done to. */
  private boolean isConnected(ModelConnection connection, Instant from, Instant to) {
    Instant ended = connection.endedAt();
    Instant since = from.minus(RECOVERED);
    return (ended == null || ended.isAfter(to))
        && !disturbances.areOf(connection.server(), since, to)
        && !disturbances.areOfAll(since, to);
  }
}
