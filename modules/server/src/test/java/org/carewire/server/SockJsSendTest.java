package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.RawHttp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may bring frames to a SockJS session, and how many at once. */
class SockJsSendTest {
  private static final int BURST = 5;

  private static Clinic clinic;

  @BeforeAll
  static void openClinic() {
    clinic =
        Clinic.open(
            Entrance.SOCKJS_XHR_POLLING.transport(),
            Map.of(
                "http.forwardedHeaders", "true",
                "limits.connectionsPerSecond", "1",
                "limits.connectionBurst", Integer.toString(BURST)));
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @Test
  void whoGuessesSessionsDoesNotFindThem() throws IOException {
    String session = path("real");
    assertThat(post("203.0.113.1", session + "/xhr", "")).isEqualTo(200);

    assertThat(guessAndThen(session + "/xhr_send")).isEqualTo(429);
    assertThat(post("203.0.113.1", session + "/xhr_send", "[]")).isEqualTo(204);
  }

  /** What a good guess is answered right after the last bad one that was one too many. */
  private static int guessAndThen(String path) throws IOException {
    int status;
    long soon;
    do {
      int guesses = 0;
      while (post("203.0.113.2", path("guess") + "/xhr_send", "[]") == 404) {
        assertThat(++guesses).isLessThan(20 * BURST);
      }
      soon = System.nanoTime() + 90_000_000;
      status = post("203.0.113.2", path, "[]");
      // Who waits longer may guess again.
    } while (System.nanoTime() > soon);
    return status;
  }

  @Test
  void secondRequestThatSendsIsRefusedWhileOneIsUnderWay() throws IOException {
    String session = path("busy");
    assertThat(post("203.0.113.3", session + "/xhr", "")).isEqualTo(200);
    try (var first = new HalfSent(clinic.node().http(), session + "/xhr_send")) {
      first.send("[");
      while (post("203.0.113.3", session + "/xhr_send", "[]") == 204) {
        // The server has not seen the first one yet.
      }

      assertThat(post("203.0.113.3", session + "/xhr_send", "[]")).isEqualTo(429);
      first.send("]");

      assertThat(first.status()).isEqualTo(204);
      assertThat(post("203.0.113.3", session + "/xhr_send", "[]")).isEqualTo(204);
    }
  }

  @Test
  void sessionWhoseSenderHasGoneInTheMiddleCanSendAgain() throws IOException {
    String session = path("broken");
    assertThat(post("203.0.113.4", session + "/xhr", "")).isEqualTo(200);
    try (var broken = new HalfSent(clinic.node().http(), session + "/xhr_send")) {
      broken.send("[");
    }

    int status = post("203.0.113.4", session + "/xhr_send", "[]");
    while (status == 429) {
      status = post("203.0.113.4", session + "/xhr_send", "[]");
    }
    assertThat(status).isEqualTo(204);
  }

  @Test
  void uploadsAreRefused() throws IOException {
    String session = path("upload");
    assertThat(post("203.0.113.5", session + "/xhr", "")).isEqualTo(200);
    for (String type :
        new String[] {"multipart/form-data; boundary", "Multipart/form-data; boundary="}) {
      try (var http = new RawHttp(clinic.node().http())) {
        RawHttp.Answer answer =
            http.ask(
                "POST",
                session + "/xhr_send",
                Map.of("Content-Type", type),
                "[]".getBytes(StandardCharsets.US_ASCII));
        assertThat(answer.status()).isEqualTo(400);
      }
    }
  }

  private static String path(String word) {
    return "/eventbus/000/" + newId(word);
  }

  private static int post(String address, String path, String body) throws IOException {
    try (var http = new RawHttp(clinic.node().http())) {
      RawHttp.Answer answer =
          http.ask(
              "POST",
              path,
              Map.of("X-Forwarded-For", address),
              body.getBytes(StandardCharsets.US_ASCII));
      return answer.status();
    }
  }
}
