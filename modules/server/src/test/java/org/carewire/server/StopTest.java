package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.testkit.Json.object;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.carewire.testkit.FaultProxy;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.TestRedis;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that is asked to stop has ended well in time, whatever other systems do. */
class StopTest {
  private static final Duration LIMIT = Duration.ofSeconds(6);
  private static final Duration START = Duration.ofSeconds(40);

  @TempDir private static Path folder;
  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final FaultProxy postgres = FaultProxy.before(database.port());
  private final FaultProxy redis = FaultProxy.before(TestRedis.shared().port());

  @AfterEach
  void close() {
    postgres.close();
    redis.close();
  }

  @Test
  void sessionsAreSentAwayAndTheExitCodeIsZero() {
    try (MainProcess node = start()) {
      List<TestClient> clients = sessions(node, 20);

      node.terminate();

      for (TestClient client : clients) {
        assertThat(client.next("server:shutdown").path("reconnectAfterMs").asLong())
            .isBetween(1L, 1_000L);
        assertThat(client.awaitClose()).isEqualTo(1012);
      }
      assertThat(node.awaitExit()).isZero();
    }
  }

  @Test
  void soItIsWherePostgresAndRedisHang() {
    try (MainProcess node = start()) {
      List<TestClient> clients = sessions(node, 5);
      postgres.hang();
      redis.hang();
      // Something that cannot be finished.
      clients.forEach(client -> client.send("room:list", object()));

      long asked = System.nanoTime();
      node.terminate();

      clients.forEach(client -> assertThat(client.awaitClose()).isEqualTo(1012));
      assertThat(node.awaitExit()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(LIMIT.plusSeconds(2));
      assertThat(node.output()).contains("node.stopped");
    }
  }

  private MainProcess start() {
    Map<String, String> environment = WholeConfiguration.environment(folder, database);
    environment.put("CAREWIRE_POSTGRES_PORT", Integer.toString(postgres.port()));
    environment.put("CAREWIRE_REDIS_URI", "redis://127.0.0.1:" + redis.port());
    environment.put("CAREWIRE_NODE_STOP_TIMEOUT", LIMIT.toSeconds() + "s");
    environment.put("CAREWIRE_NODE_DRAIN_TIME", "500ms");
    MainProcess node = MainProcess.run(folder, environment);
    assertThat(DemoFolder.await(START, () -> WholeConfiguration.port(node) > 0))
        .as(node.output())
        .isTrue();
    return node;
  }

  private static List<TestClient> sessions(MainProcess node, int count) {
    var server = URI.create("http://127.0.0.1:" + WholeConfiguration.port(node));
    var clients = new ArrayList<TestClient>();
    for (int i = 0; i < count; i++) {
      TestClient client = WebSocketTestClient.TRANSPORT.open(server);
      client.hello(object("token", Tokens.patient(newId("ann")), "deviceId", "phone"));
      clients.add(client);
    }
    return clients;
  }
}
