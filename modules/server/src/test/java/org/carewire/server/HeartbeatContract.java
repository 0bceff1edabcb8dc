package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.testkit.Json.object;

import java.util.Map;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;

/** Who is silent is gone; who only has nothing to say is not. */
abstract class HeartbeatContract extends Contract {
  @Override
  Map<String, String> settings() {
    return Map.of(
        "session.helloTimeout", "1s",
        "session.pingInterval", "200ms",
        "session.silenceTimeout", "1s");
  }

  @Test
  void connectionWithoutHelloIsClosed() {
    assertThat(clinic.connect().awaitClose()).isEqualTo(4408);
  }

  @Test
  void requestsBeforeHelloDoNotDelayTheTimeOut() {
    TestClient client = clinic.connect();

    client.request("room:list", object());

    assertThat(client.awaitClose()).isEqualTo(4408);
  }

  @Test
  void clientLearnsThePingInterval() {
    assertThat(clinic.connect().hello(Tokens.patient(newId("ann"))).get("pingInterval").asInt())
        .isEqualTo(200);
  }

  @Test
  void serverPingsAgainAndAgain() {
    TestClient client = clinic.patient(newId("ann"));

    client.awaitPing();
    client.awaitPing();
  }

  @Test
  void silentPeerIsClosedAndAnIdleOneIsNot() {
    TestClient idle = clinic.patient(newId("ann"));
    TestClient silent = clinic.patient(newId("bob"));

    silent.stopAnsweringPings();

    silent.awaitClose();
    idle.awaitPing();
    idle.fence();
  }
}
