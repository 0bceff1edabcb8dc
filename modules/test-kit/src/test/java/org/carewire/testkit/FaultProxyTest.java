package org.carewire.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  private final FaultProxy proxy = FaultProxy.before(TestRedis.shared().port());
  private Socket socket;

  @BeforeEach
  void connect() throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    assertThat(ask("PING")).isEqualTo("+PONG\r\n");
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
    proxy.close();
  }

  @Test
  void whatIsCutIsClosedAndANewConnectionWorks() throws IOException {
    proxy.cut();

    assertThatThrownBy(() -> ask("PING")).isInstanceOf(IOException.class);
    connect();
  }

  @Test
  void whatIsRefusedIsClosedUntilThatIsOver() throws IOException {
    proxy.refuse();

    assertThatThrownBy(() -> ask("PING")).isInstanceOf(IOException.class);
    assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    proxy.stopRefusing();
    connect();
  }

  @Test
  void whatHangsIsOpenAndPassesLater() throws IOException {
    proxy.hang();
    socket.setSoTimeout(100);

    assertThatThrownBy(() -> ask("PING")).isInstanceOf(SocketTimeoutException.class);
    proxy.resume();
    socket.setSoTimeout(5_000);
    assertThat(answer()).isEqualTo("+PONG\r\n");
  }

  @Test
  void delayIsAddedBothWays() throws IOException {
    proxy.delay(Duration.ofMillis(100));
    long start = System.nanoTime();

    assertThat(ask("PING")).isEqualTo("+PONG\r\n");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(200));
  }

  @Test
  void whatIsHalfOpenReachesTheServerAndIsNotAnswered() throws IOException {
    proxy.hang(FaultProxy.Direction.TO_CLIENT);
    socket.setSoTimeout(100);

    assertThatThrownBy(() -> ask("SET half open")).isInstanceOf(SocketTimeoutException.class);
    try (var other = new Socket(InetAddress.getLoopbackAddress(), TestRedis.shared().port())) {
      other.getOutputStream().write("GET half\r\n".getBytes(US_ASCII));
      assertThat(other.getInputStream().readNBytes("$4\r\nopen".length()))
          .isEqualTo("$4\r\nopen".getBytes(US_ASCII));
    }
  }

  @Test
  void whatIsSlowTakesItsTimeByItsLength() throws IOException {
    proxy.slow(10_000);
    long start = System.nanoTime();

    ask("PING " + "x".repeat(1_000));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(100));
  }

  @Test
  void jitterIsAddedToTheDelay() throws IOException {
    proxy.delay(Duration.ofMillis(100), Duration.ofMillis(50));
    long start = System.nanoTime();

    assertThat(ask("PING")).isEqualTo("+PONG\r\n");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(200));
  }

  @Test
  void connectionsOfOneOriginFailAlone() throws IOException {
    var origins = new ArrayDeque<>(List.of("one", "other"));
    try (var telling = FaultProxy.before(TestRedis.shared().port(), _ -> origins.removeFirst());
        var one = new Socket(InetAddress.getLoopbackAddress(), telling.port())) {
      assertThat(ask(one, "PING")).isEqualTo("+PONG\r\n");
      telling.hang("one"::equals);
      one.setSoTimeout(100);
      assertThatThrownBy(() -> ask(one, "PING")).isInstanceOf(SocketTimeoutException.class);
      try (var other = new Socket(InetAddress.getLoopbackAddress(), telling.port())) {
        assertThat(ask(other, "PING")).isEqualTo("+PONG\r\n");
        telling.refuse("other"::equals);
        assertThatThrownBy(() -> ask(other, "PING")).isInstanceOf(IOException.class);
      }
      one.setSoTimeout(5_000);
      telling.resume();
      assertThat(answer(one)).isEqualTo("+PONG\r\n");
    }
  }

  private String ask(String command) throws IOException {
    return ask(socket, command);
  }

  private static String ask(Socket connection, String command) throws IOException {
    connection.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
    return answer(connection);
  }

  private String answer() throws IOException {
    return answer(socket);
  }

  private static String answer(Socket connection) throws IOException {
    byte[] answer = connection.getInputStream().readNBytes("+PONG\r\n".length());
    if (answer.length == 0) {
      throw new IOException("Closed");
    }
    return new String(answer, US_ASCII);
  }
}
