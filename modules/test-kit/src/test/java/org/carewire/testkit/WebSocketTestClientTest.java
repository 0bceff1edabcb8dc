package org.carewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrameType;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against a WebSocket server of a library. */
class WebSocketTestClientTest {
  private static final BlockingQueue<ServerWebSocket> ACCEPTED = new LinkedBlockingQueue<>();
  private static final Vertx VERTX = Vertx.vertx();
  private static URI uri = URI.create("");

  @BeforeAll
  static void startServer() throws Exception {
    HttpServer server =
        VERTX
            .createHttpServer(new HttpServerOptions().setMaxWebSocketFrameSize(200_000))
            .webSocketHandshakeHandler(
                handshake -> {
                  if (handshake.headers().contains("Refuse")) {
                    handshake.reject(403);
                  } else {
                    handshake.accept();
                  }
                })
            .webSocketHandler(ACCEPTED::add);
    server.listen(0, "127.0.0.1").await(5, TimeUnit.SECONDS);
    uri = URI.create("http://127.0.0.1:" + server.actualPort());
  }

  @AfterAll
  static void stopServer() throws Exception {
    VERTX.close().await(5, TimeUnit.SECONDS);
  }

  @Test
  void requestsMeetTheirRepliesAndEventsWaitToBeTaken() throws Exception {
    TestClient client = WebSocketTestClient.TRANSPORT.open(uri);
    ServerWebSocket server = accepted();
    server.textMessageHandler(
        frame -> {
          server.writeTextMessage(object("event", "one", "data", object("n", 1)).toString());
          server.writeTextMessage(object("event", "two", "data", object("n", 2)).toString());
          JsonNode request = Json.parse(frame);
          server.writeTextMessage(Json.write(object("re", request.get("id"), "data", request)));
        });

    String long8k = "ü".repeat(8_000) + "\ud83d\ude00 and half of one: \ud83d";
    var reply = client.request("test", object("text", long8k));

    assertThat(reply.at("/data/text").asText().equals(long8k)).isTrue();
    assertThat(client.next("two").get("n").asInt()).isEqualTo(2);
    assertThat(client.next("one").get("n").asInt()).isEqualTo(1);
    assertThatThrownBy(() -> client.next("three", Duration.ofMillis(1)))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void longMessagesGoInOneFrameAndInFragments() throws Exception {
    var client = (WebSocketTestClient) WebSocketTestClient.TRANSPORT.open(uri);
    ServerWebSocket server = accepted();
    server.textMessageHandler(
        text -> server.writeTextMessage(object("event", "length", "data", text).toString()));

    client.sendRaw("x".repeat(100_000));
    assertThat(client.next("length").asText()).hasSize(100_000);

    byte[] half = "y".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
    client.socket().send(RawWebSocket.TEXT, false, half);
    client.socket().send(RawWebSocket.CONTINUATION, true, half);
    assertThat(client.next("length").asText()).isEqualTo("y".repeat(100_000));
  }

  @Test
  void pingsAreSeenAndAnsweredUntilTheTestSaysOtherwise() throws Exception {
    TestClient client = WebSocketTestClient.TRANSPORT.open(uri);
    ServerWebSocket server = accepted();
    BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
    server.frameHandler(
        frame -> {
          if (frame.type() == WebSocketFrameType.PONG) {
            pongs.add(frame.binaryData().toString());
          }
        });

    server.writePing(Buffer.buffer("answered"));
    assertThat(pongs.poll(5, TimeUnit.SECONDS)).isEqualTo("answered");

    client.stopAnsweringPings();
    VERTX.setPeriodic(10, timer -> server.writePing(Buffer.buffer("ignored")));
    client.awaitPing();
    assertThat(pongs).isEmpty();
  }

  @Test
  void closeCodeIsReportedAndEndsAllWaiting() throws Exception {
    TestClient client = WebSocketTestClient.TRANSPORT.open(uri);
    var reply = client.ask("test", object());

    accepted().close((short) 4401, "for a reason");

    assertThat(client.awaitClose()).isEqualTo(4401);
    assertThat(reply).failsWithin(Duration.ofSeconds(5));
    assertThatThrownBy(() -> client.next("never")).hasMessageContaining("4401");
  }

  @Test
  void clientSaysGoodbyeOrJustDisappears() throws Exception {
    BlockingQueue<Short> codes = new LinkedBlockingQueue<>();
    TestClient polite = WebSocketTestClient.TRANSPORT.open(uri);
    ServerWebSocket first = accepted();
    first.closeHandler(end -> codes.add(first.closeStatusCode()));

    polite.close();
    assertThat(codes.poll(5, TimeUnit.SECONDS)).isEqualTo((short) 1000);
    assertThat(polite.awaitClose()).isEqualTo(1000);

    TestClient lost = WebSocketTestClient.TRANSPORT.open(uri);
    ServerWebSocket second = accepted();
    second.closeHandler(end -> codes.add((short) 0));
    lost.drop();
    assertThat(codes.poll(5, TimeUnit.SECONDS)).isEqualTo((short) 0);
    assertThat(lost.awaitClose()).isEqualTo(1006);
  }

  @Test
  void refusedHandshakeTellsItsStatus() {
    assertThatThrownBy(() -> WebSocketTestClient.TRANSPORT.open(uri, Map.of("Refuse", "please")))
        .isInstanceOfSatisfying(
            ConnectionRefused.class, refused -> assertThat(refused.status()).isEqualTo(403));
  }

  @Test
  void clientThatStopsReadingIsFeltByTheServer() throws Exception {
    TestClient client = WebSocketTestClient.TRANSPORT.open(uri);
    ServerWebSocket server = accepted();
    client.stopReading();

    String frame = object("event", "z".repeat(60_000)).toString();
    for (int sent = 0; sent < 500; sent++) {
      server.writeTextMessage(frame).onFailure(gone -> {});
    }
    Future<Void> last = server.writeTextMessage("last");

    assertThatThrownBy(() -> last.await(500, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    client.drop();
  }

  private static ServerWebSocket accepted() throws InterruptedException {
    ServerWebSocket socket = ACCEPTED.poll(5, TimeUnit.SECONDS);
    assertThat(socket).isNotNull();
    return socket;
  }
}
