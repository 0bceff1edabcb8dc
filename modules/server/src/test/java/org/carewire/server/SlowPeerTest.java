package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Connections that take their time with requests are ended; those that are only idle are not. */
class SlowPeerTest {
  private static final int REQUEST_TIMEOUT_MS = 500;

  /** Between the bytes that drip. */
  private static final int DRIP_MS = 50;

  private static final int MOST_DROPS = 200;

  private static final String GET = "GET /api/v1/visits/none HTTP/1.1\r\nHost: localhost\r\n";

  private static final String POST =
      "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n";
  private static final String UPGRADE =
      """
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Version: 13\r
      Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r
      \r
      """;

  /** So that only silence ends a session. */
  private static final Map<String, String> SHORT_SILENCE =
      Map.of(
          "session.pingInterval", "200ms",
          "session.silenceTimeout", "1s",
          "session.helloTimeout", "1m");

  private static Clinic clinic;

  @BeforeAll
  static void openClinic() {
    clinic =
        Clinic.open(
            WebSocketTestClient.TRANSPORT,
            Map.of("http.requestTimeout", REQUEST_TIMEOUT_MS + "ms"));
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @Test
  void connectionThatSaysNothingIsEnded() throws IOException {
    try (Peer silent = new Peer(clinic.node().http())) {
      silent.awaitEnd();
    }
  }

  @Test
  void headThatDripsIsEnded() throws IOException {
    try (Peer slow = new Peer(clinic.node().http())) {
      slow.write(GET);
      slow.dripUntilEnd("X-Header: x\r\n");
    }
  }

  @Test
  void bodyThatDripsIsEnded() throws IOException {
    try (Peer slow = new Peer(clinic.node().http())) {
      slow.write(
          "PUT /api/v1/visits/v HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999\r\n\r\n");
      slow.dripUntilEnd(" ");
    }
  }

  @Test
  void bodyOfAnXhrSendThatDripsIsEndedAndItsSessionGoesOn() throws IOException {
    String session = "/eventbus/000/" + newId("slow");
    try (Peer poller = new Peer(clinic.node().http());
        Peer slow = new Peer(clinic.node().http())) {
      poller.write(POST.formatted(session + "/xhr", 0));
      assertThat(poller.readStatus()).isEqualTo(200);
      assertThat(poller.readLine()).isEqualTo("o");

      slow.write(POST.formatted(session + "/xhr_send", 9_999));
      slow.dripUntilEnd(" ");

      poller.write(POST.formatted(session + "/xhr_send", 2) + "[]");
      assertThat(poller.readStatus()).isEqualTo(204);
    }
  }

  @Test
  void webSocketFrameThatDripsIsNoSignOfLife() throws IOException {
    try (Clinic strict = Clinic.open(WebSocketTestClient.TRANSPORT, SHORT_SILENCE);
        Peer slow = new Peer(strict.node().http())) {
      slow.write(GET.replace("/api/v1/visits/none", "/ws") + UPGRADE);
      assertThat(slow.readStatus()).isEqualTo(101);

      // The head of a text frame of 32,639 bytes, in ASCII.
      slow.write(new byte[] {(byte) 0x81, (byte) 0xfe, 0x7f, 0x7f, 0, 0, 0, 0});
      slow.dripUntilEnd(" ");
    }
  }

  @Test
  void webSocketThatIsHalfClosedIsEnded() throws IOException {
    try (Peer leaving = new Peer(clinic.node().http())) {
      leaving.write(GET.replace("/api/v1/visits/none", "/ws") + UPGRADE);
      assertThat(leaving.readStatus()).isEqualTo(101);

      leaving.sayGoodbye();

      leaving.awaitEnd();
    }
  }

  @Test
  void secondRequestThatDripsIsEndedToo() throws IOException {
    try (Peer slow = new Peer(clinic.node().http())) {
      slow.write(GET + "\r\n");
      assertThat(slow.readStatus()).isEqualTo(401);
      slow.dripUntilEnd("GET /");
    }
  }

  @Test
  void connectionWithWholeRequestsIsKeptForLongerThanOneMayTake() throws IOException {
    try (Peer busy = new Peer(clinic.node().http())) {
      long end = System.nanoTime() + 3 * REQUEST_TIMEOUT_MS * 1_000_000L;
      while (System.nanoTime() < end) {
        busy.write(GET + "\r\n");
        assertThat(busy.readStatus()).isEqualTo(401);
        assertThat(busy.isEndedWithin(DRIP_MS)).isFalse();
      }
    }
  }

  @Test
  void requestThatWaitsForItsAnswerIsNotLate() throws IOException {
    try (Peer poller = new Peer(clinic.node().http())) {
      String session = "/eventbus/000/" + newId("poller");
      poller.write(POST.formatted(session + "/xhr", 0));
      assertThat(poller.readStatus()).isEqualTo(200);
      assertThat(poller.readLine()).isEqualTo("o");

      poller.write(POST.formatted(session + "/xhr", 0));

      assertThat(poller.isEndedWithin(3 * REQUEST_TIMEOUT_MS)).isFalse();
    }
  }

  @Test
  void webSocketIsNoRequestThatCouldBeLate() throws IOException {
    TestClient idle = clinic.patient(newId("ann"));
    try (Peer silent = new Peer(clinic.node().http())) {
      silent.awaitEnd();
    }

    idle.fence();
    idle.request("room:list", object());
  }

  /** A connection without any knowledge of HTTP. */
  private static final class Peer implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;

    Peer(URI server) throws IOException {
      socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
      socket.setTcpNoDelay(true);
      in = socket.getInputStream();
    }

    void write(String text) throws IOException {
      write(text.getBytes(StandardCharsets.US_ASCII));
    }

    void write(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    /** Sends nothing more, though it still reads. */
    void sayGoodbye() throws IOException {
      socket.shutdownOutput();
    }

    /** Sends the same again and again, until it is ended. */
    void dripUntilEnd(String drop) throws IOException {
      try {
        for (int dripped = 0; !isEndedWithin(DRIP_MS); dripped++) {
          assertThat(dripped).as("drops that the server has put up with").isLessThan(MOST_DROPS);
          write(drop);
        }
      } catch (SocketException e) {
        // Reset, as what came last was not read any more.
      }
    }

    void awaitEnd() throws IOException {
      assertThat(isEndedWithin(MOST_DROPS * DRIP_MS)).isTrue();
    }

    /** Whether the end comes, as long as no more than this time passes without anything. */
    boolean isEndedWithin(int millis) throws IOException {
      socket.setSoTimeout(millis);
      try {
        while (in.read() != -1) {
          // What the server says does not matter.
        }
        return true;
      } catch (SocketTimeoutException e) {
        return false;
      } finally {
        socket.setSoTimeout(0);
      }
    }

    /** Reads the head of an answer, and its body where it has a length. */
    int readStatus() throws IOException {
      int status = Integer.parseInt(readLine().split(" ", 3)[1]);
      int length = 0;
      for (String header = readLine(); !header.isEmpty(); header = readLine()) {
        if (header.regionMatches(true, 0, "content-length:", 0, "content-length:".length())) {
          length = Integer.parseInt(header.substring("content-length:".length()).trim());
        }
      }
      if (status > 204) {
        in.readNBytes(length);
      }
      return status;
    }

    String readLine() throws IOException {
      var line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        assertThat(next).as("end of the connection after %s", line).isNotEqualTo(-1);
        line.append((char) next);
      }
      return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
