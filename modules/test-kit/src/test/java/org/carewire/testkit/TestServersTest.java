package org.carewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TestServersTest {
  @Test
  void eachDatabaseIsEmptyAndItsOwn() throws Exception {
    var one = TestPostgres.newDatabase();
    var other = TestPostgres.newDatabase();

    try (var connection = one.connect();
        var statement = connection.createStatement()) {
      statement.execute("create table here (id int)");
    }

    try (var connection = other.connect();
        var tables = connection.getMetaData().getTables(null, "public", "%", null)) {
      assertThat(tables.next()).isFalse();
    }
  }

  @Test
  void redisForgetsWhatItIsToldToForget() throws Exception {
    assertThat(say(TestRedis.shared(), "SET key value")).isEqualTo("+OK");
    assertThat(say(TestRedis.shared(), "EXISTS key")).isEqualTo(":1");

    TestRedis.flush();

    assertThat(say(TestRedis.shared(), "EXISTS key")).isEqualTo(":0");
  }

  @Test
  void privateRedisComesBackOnItsPort() throws Exception {
    try (var redis = TestRedis.startPrivate()) {
      assertThat(redis.port()).isNotEqualTo(TestRedis.shared().port());

      redis.stop();
      assertThatThrownBy(() -> say(redis, "PING")).isInstanceOf(IOException.class);

      redis.start();
      assertThat(say(redis, "PING")).isEqualTo("+PONG");
    }
  }

  private static String say(TestRedis redis, String command) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), redis.port())) {
      socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] reply = new byte[64];
      int length = socket.getInputStream().read(reply);
      return new String(reply, 0, length, StandardCharsets.US_ASCII).strip();
    }
  }
}
