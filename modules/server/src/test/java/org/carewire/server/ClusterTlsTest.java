package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Map;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.SelfSigned;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bus between nodes is encrypted where that is configured, and each side shows who it is. */
class ClusterTlsTest {
  /** The first byte of an answer of TLS: an alert or a handshake. */
  private static final int ALERT = 21;

  private final TestCluster cluster = TestCluster.empty(2);
  private @TempDir Path folder;
  private Map<String, String> tls;

  @BeforeEach
  void makeCertificate() {
    SelfSigned.writePem(folder);
    tls =
        Map.of(
            "cluster.certificate",
            folder.resolve("certificate.pem").toString(),
            "cluster.key",
            folder.resolve("key.pem").toString(),
            "cluster.authority",
            folder.resolve("certificate.pem").toString());
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  @Test
  void nodesTalkAndWhoSpeaksPlainlyIsSentAway() throws IOException {
    int busPort = cluster.nextBusPort();
    TestNode one = cluster.add(tls);
    TestNode other = cluster.add(tls);
    String ann = newId("ann");
    String doc = newId("doc");
    String visit = newId("visit");
    Clinic.putVisit(ApiClient.with(one.http(), Tokens.service()), visit, ann, doc);
    TestClient phone = session(one, Tokens.patient(ann));
    TestClient desk = session(other, Tokens.provider(doc));

    ok(desk.request("message:send", object("visitId", visit, "message", "hello")));

    assertThat(phone.next("message:new").path("message").asText()).isEqualTo("hello");
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), busPort)) {
      socket.getOutputStream().write(new byte[] {0, 0, 0, 1, 1, 2, 3, 4});
      assertThat(socket.getInputStream().read()).isIn(ALERT, -1);
    }
  }

  @Test
  void aKeyAloneIsNotEnough() {
    assertThatThrownBy(() -> cluster.add(Map.of("cluster.key", tls.get("cluster.key"))))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("cluster.certificate, cluster.key and cluster.authority");
  }

  private static TestClient session(TestNode node, String token) {
    TestClient client = WebSocketTestClient.TRANSPORT.open(node.http());
    client.hello(token);
    return client;
  }
}
