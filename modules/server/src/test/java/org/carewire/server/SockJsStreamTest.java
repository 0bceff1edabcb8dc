package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.SockJsByHand.knock;
import static org.carewire.server.SockJsByHand.readTo;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.carewire.testkit.Json;
import org.carewire.testkit.RawHttp.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SockJS transports whose responses hold many frames: xhr_streaming, eventsource, htmlfile. */
class SockJsStreamTest extends SockJsTest {
  /** Bytes. A stream ends when it has carried so many. */
  private static final int STREAM_BYTES = 128 * 1024;

  /** So many that a stream is not enough for what answers them. */
  private static final int KNOCKS = 1_200;

  private static final Pattern NAME = Pattern.compile("\"n(\\d+)");

  @Override
  Map<String, String> settings() {
    return Map.of("limits.requestBurst", "100000");
  }

  @Test
  void streamBeginsWithPaddingAndGoesOn() throws IOException {
    Answer stream = session.post("xhr_streaming");
    assertContentType(stream, "application/javascript");
    assertNotCached(stream);

    assertThat(readTo("o\n", stream)).isEqualTo("h".repeat(2_048) + "\no\n");
    session.send(knock("a"));
    assertThat(readTo("\n", stream)).startsWith("a[").contains("\\\"a\\\"");
    session.send(knock("b"));
    assertThat(readTo("\n", stream)).startsWith("a[").contains("\\\"b\\\"");
    session.send("no frame");
    assertThat(stream.text()).startsWith("c[4400,\"").endsWith("]\n");
  }

  @Test
  void eventSourceGetsEvents() throws IOException {
    Answer stream = session.get("eventsource");
    assertContentType(stream, "text/event-stream");
    assertNotCached(stream);

    assertThat(readTo("o\r\n\r\n", stream)).isEqualTo("\r\ndata: o\r\n\r\n");
    session.send(knock("a %"));
    assertThat(readTo("\r\n\r\n", stream)).startsWith("data: a[").contains("\\\"a %25\\\"");
    session.send("no frame");
    assertThat(stream.text()).startsWith("data: c[4400,\"").endsWith("]\r\n\r\n");
  }

  @Test
  void htmlFileGetsScripts() throws IOException {
    Answer stream = session.get("htmlfile?c=%63allback");
    assertContentType(stream, "text/html");
    assertNotCached(stream);

    String head = readTo("<script>\np(\"o\");\n</script>\r\n", stream);
    assertThat(head).startsWith("<!doctype html>").contains("var c = parent.callback;");
    assertThat(head.length()).isGreaterThan(1_024);
    session.send(knock("</script>"));
    assertThat(readTo("</script>\r\n", stream))
        .startsWith("<script>\np(\"a[")
        .contains("\\u003c/script>");
    session.send("no frame");
    assertThat(stream.text()).startsWith("<script>\np(\"c[4400,");
  }

  @ParameterizedTest
  @ValueSource(strings = {"xhr_streaming", "eventsource", "htmlfile?c=x"})
  void streamEndsWhenItHasCarriedMuchAndTheNextGoesOn(String transport) throws IOException {
    Answer first = stream(transport);
    for (int from = 0; from < KNOCKS; from += 20) {
      Object[] frames = IntStream.range(from, from + 20).mapToObj(i -> knock("n" + i)).toArray();
      assertThat(session.xhrSend(Json.array(frames).toString()).status()).isEqualTo(204);
    }

    String carried = first.text();

    assertThat(carried.length()).isBetween(STREAM_BYTES, STREAM_BYTES + 20_000);
    Answer next = stream(transport);
    String rest = readTo("n" + (KNOCKS - 1), next);
    assertThat(NAME.matcher(carried + rest).results().map(name -> name.group(1)))
        .containsExactlyElementsOf(IntStream.range(0, KNOCKS).mapToObj(Integer::toString).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsonp", "htmlfile"})
  void callbackIsANameOrNothingIsAnswered(String transport) throws IOException {
    Answer missing = session.get(transport);
    assertThat(missing.status()).isEqualTo(500);
    assertThat(missing.text()).contains("\"callback\" parameter required");

    for (String callback : List.of("alert(1)", "a%3Bb", "%3Cscript%3E", "a%20b", "ü")) {
      Answer answer = session.get(transport + "?c=" + callback.replace("ü", "%C3%BC"));
      assertThat(answer.status()).as(callback).isEqualTo(500);
      assertThat(answer.text()).contains("invalid \"callback\" parameter");
    }
  }

  private Answer stream(String transport) throws IOException {
    return transport.equals("xhr_streaming") ? session.post(transport) : session.get(transport);
  }
}
