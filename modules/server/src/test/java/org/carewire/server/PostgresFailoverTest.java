package org.carewire.server;

import static java.util.concurrent.CompletableFuture.completedFuture;
import static java.util.concurrent.CompletableFuture.delayedExecutor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.isOk;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.PrivatePostgres;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The primary dies under a node, and its standby is promoted. */
class PostgresFailoverTest {
  private static final int BURST = 200;
  private static final Duration RECOVERY = Duration.ofSeconds(10);

  /** From the promotion to the first message that is stored. */
  private static final Duration AWAY = Duration.ofSeconds(5);

  @Test
  void theSameSessionsSendAgainAfterTheStandbyIsPromotedAndNothingAcknowledgedIsLost(
      @TempDir Path folder) throws Exception {
    try (var primary = PrivatePostgres.start(folder.resolve("primary"));
        var standby = primary.standby(folder.resolve("standby"));
        var clinic = open(standby.database(), primary.database());
        var faults = FaultLog.open()) {
      String ann = newId("ann");
      String doc = newId("doc");
      String room = "visit:" + clinic.visit(ann, doc);
      TestClient patient = clinic.patient(ann);
      TestClient provider = clinic.provider(doc);
      assertThat(ready(clinic)).isEqualTo(200);

      List<CompletableFuture<JsonNode>> burst =
          IntStream.range(0, BURST).mapToObj(i -> untilStored(patient, room, "m" + i)).toList();
      ok(burst.getFirst().get(RECOVERY.toSeconds(), TimeUnit.SECONDS));
      primary.crash();
      JsonNode refusal =
          send(patient, room, "without-primary").get(RECOVERY.toSeconds(), TimeUnit.SECONDS);
      assertThat(refused(refusal, "UNAVAILABLE").path("retryAfterMs").asLong()).isPositive();
      assertThat(ready(clinic)).isEqualTo(503);

      standby.promote();
      long promoted = System.nanoTime();
      ok(untilStored(patient, room, "afterwards").get(RECOVERY.toSeconds(), TimeUnit.SECONDS));
      assertThat(Duration.ofNanos(System.nanoTime() - promoted)).isLessThan(AWAY);
      for (CompletableFuture<JsonNode> reply : burst) {
        ok(reply.get(RECOVERY.toSeconds(), TimeUnit.SECONDS));
      }
      assertThat(ready(clinic)).isEqualTo(200);

      // Back from the dead, with no memory of what came after: nobody goes there.
      primary.restart();
      ok(untilStored(patient, room, "at-the-last").get(RECOVERY.toSeconds(), TimeUnit.SECONDS));

      StoredEntries stored = StoredEntries.of(standby.database(), room);
      stored.assertNoGap();
      assertThat(stored.rows().stream().map(StoredEntries.Row::clientMessageId))
          .doesNotHaveDuplicates()
          .contains("afterwards", "at-the-last")
          .containsAll(IntStream.range(0, BURST).mapToObj(i -> "m" + i).toList());
      for (int offset = 1; offset <= stored.rows().size(); offset++) {
        assertThat(provider.next("message:new").get("offset").asLong()).isEqualTo(offset);
      }
      assertThat(faults.lines()).noneMatch(line -> line.contains("request.failed"));
    }
  }

  /** The standby is named first. */
  private static Clinic open(TestPostgres.Database first, TestPostgres.Database second) {
    return Clinic.open(
        Described.by(WebSocketTestClient.TRANSPORT),
        Map.of(
            "postgres.host",
            "127.0.0.1:" + first.port() + ",127.0.0.1",
            "postgres.port",
            Integer.toString(second.port()),
            "postgres.database",
            second.database(),
            "postgres.user",
            second.user(),
            "postgres.password",
            second.password()));
  }

  private static int ready(Clinic clinic) {
    return ApiClient.withoutToken(clinic.node().management())
        .callAnywhere("GET", "/health/ready", "")
        .status();
  }

  private static CompletableFuture<JsonNode> send(TestClient client, String room, String name) {
    return client.ask(
        "message:send", object("roomId", room, "message", name, "clientMessageId", name));
  }

  /** As a client does: again when the server says so. */
  private static CompletableFuture<JsonNode> untilStored(
      TestClient client, String room, String name) {
    return send(client, room, name)
        .thenCompose(
            reply ->
                isOk(reply)
                    ? completedFuture(reply)
                    : CompletableFuture.runAsync(
                            () -> {},
                            delayedExecutor(
                                refused(reply, "UNAVAILABLE").get("retryAfterMs").asLong(),
                                TimeUnit.MILLISECONDS))
                        .thenCompose(_ -> untilStored(client, room, name)));
  }
}
