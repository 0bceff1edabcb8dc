package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.RawWebSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that break the rules of WebSocket (RFC 6455) close their connection as it demands. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WebSocketRulesTest {
  private static final int RESERVED_OPCODE = 3;
  private static final int RESERVED_BIT = 0x40;
  private static final int PING = 9;
  private static final byte[] NOTHING = {};
  private static final byte[] MORE_THAN_A_PING_HOLDS = new byte[126];
  private static final byte[] UMLAUT = "ü".getBytes(UTF_8);

  private final BlockingQueue<Integer> closeCodes = new LinkedBlockingQueue<>();
  private Clinic clinic;
  private final List<RawWebSocket> sockets = new ArrayList<>();

  @BeforeAll
  void openClinic() {
    clinic = Clinic.open();
  }

  @AfterEach
  void dropAll() {
    sockets.forEach(RawWebSocket::drop);
  }

  @AfterAll
  void closeClinic() {
    clinic.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/eventbus/websocket", "/eventbus/000/rules/websocket"})
  void frameThatIsNoneClosesWith1002(String path) throws InterruptedException {
    connect(path).send(RESERVED_OPCODE, true, NOTHING);
    assertClosedWith(1002);

    connect(path).send(RESERVED_BIT | RawWebSocket.TEXT, true, NOTHING);
    assertClosedWith(1002);

    connect(path).send(RawWebSocket.CONTINUATION, true, NOTHING);
    assertClosedWith(1002);

    connect(path).send(PING, true, MORE_THAN_A_PING_HOLDS);
    assertClosedWith(1002);

    connect(path).send(PING, false, NOTHING);
    assertClosedWith(1002);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ws", "/eventbus/websocket", "/eventbus/000/rules/websocket"})
  void textThatIsNotUtf8ClosesWith1007(String path) throws InterruptedException {
    for (List<Integer> text :
        List.of(
            List.of(0xff),
            List.of(0xc3, 0x28),
            List.of(0xc0, 0x80),
            List.of(0xed, 0xa0, 0xbd),
            List.of(0xf4, 0x90, 0x80, 0x80))) {
      connect(path).send(RawWebSocket.TEXT, true, bytes(text));
      assertClosedWith(1007);
    }

    RawWebSocket socket = connect(path);
    socket.send(RawWebSocket.TEXT, false, Arrays.copyOf(UMLAUT, 1));
    socket.send(RawWebSocket.CONTINUATION, true, Arrays.copyOf(UMLAUT, 1));
    assertClosedWith(1007);
  }

  private RawWebSocket connect(String path) {
    URI address = URI.create("ws://" + clinic.node().http().getAuthority() + path);
    var socket = new RawWebSocket(address, Map.of(), _ -> {}, closeCodes::add);
    sockets.add(socket);
    socket.start();
    return socket;
  }

  private void assertClosedWith(int code) throws InterruptedException {
    assertThat(closeCodes.poll(5, TimeUnit.SECONDS)).isEqualTo(code);
  }

  private static byte[] bytes(List<Integer> values) {
    byte[] bytes = new byte[values.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = values.get(i).byteValue();
    }
    return bytes;
  }
}
