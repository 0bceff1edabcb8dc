package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.SockJsByHand.readTo;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.carewire.testkit.RawHttp.Answer;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How SockJS sessions stay alive, and how they end. */
class SockJsLifeTest extends SockJsTest {
  @Override
  Map<String, String> settings() {
    return Map.of("session.pingInterval", "200ms");
  }

  @Test
  void heartbeatEndsAPoll() throws IOException {
    assertThat(session.poll()).isEqualTo("o\n");
    assertThat(session.poll()).isEqualTo("h\n");
    assertThat(session.poll()).isEqualTo("h\n");
    assertThat(session.get("jsonp?c=x").text()).isEqualTo("/**/x(\"h\");\r\n");
  }

  @ParameterizedTest
  @CsvSource({
    "xhr_streaming, o, h",
    "eventsource, data: o, data: h",
    "htmlfile?c=x, p(\"o\");, p(\"h\");"
  })
  void heartbeatsComeInAStream(String transport, String open, String heartbeat) throws IOException {
    Answer stream =
        transport.equals("xhr_streaming") ? session.post(transport) : session.get(transport);

    readTo(open, stream);

    readTo("\n" + heartbeat, stream);
    readTo("\n" + heartbeat, stream);
  }

  @Test
  void sessionThatNobodyPollsForEndsAfterFiveSeconds() throws IOException {
    TestClient clock = clinic.connect();
    session.poll();
    long polledAt = System.nanoTime();

    Answer answer = session.xhrSend("[]");
    while (answer.status() == 204) {
      clock.awaitPing();
      answer = session.xhrSend("[]");
    }

    assertThat(answer.status()).isEqualTo(404);
    assertThat(Duration.ofNanos(System.nanoTime() - polledAt))
        .isGreaterThan(Duration.ofMillis(4_900));
    assertThat(session.poll()).isEqualTo("o\n");
  }

  @Test
  void sessionWhoseResponseBreaksEndsAtOnce() throws IOException {
    String ann = newId("ann");
    String doc = newId("doc");
    var room = object("roomId", "visit:" + clinic.visit(ann, doc));
    TestClient provider = clinic.provider(doc);
    ok(provider.request("room:join", room));
    readTo("o\n", session.post("xhr_streaming"));
    session.send(send("session:hello", object("token", Tokens.patient(ann)).toString()));
    session.send(send("typing:start", room.toString()));
    provider.next("typing:start");

    session.close();

    // Sooner than for a client that is between two polls, and than typing ends by itself.
    provider.next("typing:stop", Duration.ofSeconds(4));
  }

  private static String send(String event, String body) {
    return "{\"type\":\"send\",\"address\":\"" + event + "\",\"body\":" + body + "}";
  }
}
