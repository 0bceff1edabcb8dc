package org.carewire.server;

import static java.util.stream.Collectors.groupingBy;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.carewire.server.Sightings.Shown;
import org.carewire.server.Sightings.Told;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;

/**
 * Compares what every watcher was told last, and what every node answers, with who is there. For a
 * crowd that has come to rest.
 */
final class RollCall implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final int ASKED_AT_ONCE = 200;

  private final Map<String, List<PresenceClient>> clients;
  private final PresenceTruth truth;
  private final Map<NodeProcess, TestClient> admins = new LinkedHashMap<>();
  private Duration took = Duration.ZERO;

  RollCall(List<NodeProcess> nodes, List<PresenceClient> all, PresenceTruth truth) {
    this.clients = all.stream().collect(groupingBy(client -> client.device().user().id()));
    this.truth = truth;
    for (NodeProcess node : nodes) {
      TestClient admin = WebSocketTestClient.TRANSPORT.open(node.http());
      admin.hello(Tokens.admin("registrar"));
      admins.put(node, admin);
    }
  }

  /** Answers what is still not as it should be when the time is over. */
  List<String> await(Duration limit) {
    long begun = System.nanoTime();
    List<String> wrong = wrong();
    while (!wrong.isEmpty() && System.nanoTime() - begun < limit.toNanos()) {
      wrong = wrong();
    }
    took = Duration.ofNanos(System.nanoTime() - begun);
    return wrong;
  }

  /** How long that was. */
  Duration took() {
    return took;
  }

  private List<String> wrong() {
    var wrong = new ArrayList<String>();
    var right = new HashMap<String, Set<Shown>>();
    clients.forEach((user, ofUser) -> right.put(user, truth.of(ofUser)));
    admins.forEach(
        (node, admin) -> {
          Map<String, Shown> seen = get(admin);
          right.forEach(
              (user, shown) -> {
                Shown said = seen.getOrDefault(user, Shown.NOTHING);
                if (!shown.contains(said)) {
                  wrong.add(
                      "%s says %s of %s, not %s; %s"
                          .formatted(node, said, user, shown, past(user)));
                }
              });
        });
    for (PresenceClient client : clients.values().stream().flatMap(List::stream).toList()) {
      check(client, right, wrong);
    }
    return wrong;
  }

  private List<String> past(String user) {
    return clients.getOrDefault(user, List.of()).stream()
        .flatMap(client -> client.past().stream())
        .sorted()
        .toList();
  }

  private static void check(
      PresenceClient client, Map<String, Set<Shown>> right, List<String> wrong) {
    ModelConnection connection = client.device().connection();
    if (connection == null) {
      return;
    }
    if (!client.isKnown()) {
      wrong.add(connection + " cannot say all that there is to say");
      return;
    }
    for (String user : client.watched()) {
      Told told = connection.sightings().last(user);
      if (told == null || !right.getOrDefault(user, Set.of()).contains(told.shown())) {
        wrong.add(
            "%s of %s, %s at %s, was told %s, not %s of %s"
                .formatted(
                    connection,
                    connection.server(),
                    connection.isResumed() ? "resumed" : "begun",
                    connection.helloAt(),
                    told,
                    right.get(user),
                    user));
      }
    }
  }

  /** What a node says of all. */
  private Map<String, Shown> get(TestClient admin) {
    var shown = new HashMap<String, Shown>();
    List<String> all = List.copyOf(clients.keySet());
    for (int from = 0; from < all.size(); from += ASKED_AT_ONCE) {
      List<String> some = all.subList(from, Math.min(from + ASKED_AT_ONCE, all.size()));
      for (JsonNode presence : get(admin, some).path("presences")) {
        shown.put(presence.path("userId").asText(), Shown.of(presence));
      }
    }
    return shown;
  }

  private static JsonNode get(TestClient admin, List<String> users) {
    return admin
        .ask("presence:get", object("userIds", array(users.toArray())))
        .completeOnTimeout(object(), ANSWER.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionally(_ -> object())
        .join();
  }

  @Override
  public void close() {
    admins.values().forEach(TestClient::close);
  }
}
