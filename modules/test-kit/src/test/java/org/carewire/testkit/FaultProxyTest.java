package org.carewire.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
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

  private String ask(String command) throws IOException {
    socket.getOutputStream().write((command + "\r\n").getBytes(US_ASCII));
    return answer();
  }

  private String answer() throws IOException {
    byte[] answer = socket.getInputStream().readNBytes("+PONG\r\n".length());
    if (answer.length == 0) {
      throw new IOException("Closed");
    }
    return new String(answer, US_ASCII);
  }
}
