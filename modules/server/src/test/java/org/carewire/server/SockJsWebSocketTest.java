package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.SockJsByHand.knock;
import static org.carewire.testkit.Json.array;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.Json;
import org.carewire.testkit.RawHttp;
import org.carewire.testkit.RawHttp.Answer;
import org.carewire.testkit.RawWebSocket;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The WebSockets of SockJS, with and without its frames. */
@Through(Entrance.WEBSOCKET)
class SockJsWebSocketTest extends Contract {
  @Override
  Map<String, String> settings() {
    return Map.of("session.pingInterval", "200ms");
  }

  @Test
  void webSocketCarriesFrames() throws Exception {
    var socket = new Socket(clinic, path());

    assertThat(socket.nextFrame()).isEqualTo("o");
    socket.socket.sendText("");
    socket.socket.sendText(array(knock("a"), knock("b")).toString());
    assertThat(socket.nextMessages()).contains("\\\"a\\\"");
    socket.socket.sendText(Json.array(knock("c")).get(0).toString());
    String last = socket.nextMessages();
    assertThat(last.contains("\\\"b\\\"") ? socket.nextMessages() : last).contains("\\\"c\\\"");
  }

  @Test
  void webSocketIsClosedWithTheCodeOfTheFrame() throws Exception {
    var socket = new Socket(clinic, path());
    socket.nextFrame();

    socket.socket.sendText("[\"no frame\"]");

    String close = socket.nextFrame();
    while (close.equals("h")) {
      close = socket.nextFrame();
    }
    assertThat(close).startsWith("c[4400,\"");
    assertThat(socket.codes.poll(5, TimeUnit.SECONDS)).isEqualTo(4400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"a", "{}", "[5]", "5", "null", " ", "x"})
  void whatIsNoListOfTextsClosesTheWebSocket(String payload) throws Exception {
    var socket = new Socket(clinic, path());

    socket.socket.sendText(payload);

    assertThat(socket.codes.poll(5, TimeUnit.SECONDS)).isEqualTo(4400);
  }

  @Test
  void sessionsOfWebSocketsMayHaveOneIdAtTheSameTime() throws Exception {
    String path = path();
    var one = new Socket(clinic, path);
    var other = new Socket(clinic, path);
    assertThat(one.nextFrame()).isEqualTo("o");
    assertThat(other.nextFrame()).isEqualTo("o");

    one.socket.sendText(array(knock("a")).toString());
    other.socket.sendText(array(knock("b")).toString());

    assertThat(one.nextMessages()).contains("\\\"a\\\"");
    assertThat(other.nextMessages()).contains("\\\"b\\\"");
  }

  @Test
  void rawWebSocketCarriesNothingButTheMessages() throws Exception {
    var socket = new Socket(clinic, "/eventbus/websocket");
    TestClient clock = clinic.connect();
    clock.awaitPing();
    clock.awaitPing();

    socket.socket.sendText(knock("a"));

    assertThat(Json.parse(socket.nextFrame()).get("address").asText()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/eventbus/websocket", "/eventbus/0/0/websocket"})
  void otherRequestsToAWebSocketAreRefused(String path) throws IOException {
    try (var http = new RawHttp(clinic.node().http())) {
      Answer get = http.get(path);
      assertThat(get.status()).isEqualTo(400);
      get.text();
      assertThat(http.post(path, "").status()).isIn(404, 405);
    }
  }

  private static String path() {
    return "/eventbus/000/" + UUID.randomUUID() + "/websocket";
  }

  /** What comes over one WebSocket. */
  private static final class Socket {
    final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    final BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();
    final RawWebSocket socket;

    Socket(Clinic clinic, String path) {
      URI address = URI.create("ws://" + clinic.node().http().getAuthority() + path);
      socket = new RawWebSocket(address, Map.of(), frames::add, codes::add);
      socket.start();
    }

    String nextFrame() throws InterruptedException {
      String frame = frames.poll(5, TimeUnit.SECONDS);
      assertThat(frame).isNotNull();
      return frame;
    }

    /** The next frame that is no heartbeat. */
    String nextMessages() throws InterruptedException {
      String frame = nextFrame();
      while (frame.equals("h")) {
        frame = nextFrame();
      }
      assertThat(frame).startsWith("a[");
      return frame;
    }
  }
}
