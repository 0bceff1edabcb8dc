package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.SockJsByHand.knock;
import static org.carewire.server.SockJsByHand.readTo;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.carewire.testkit.Json;
import org.carewire.testkit.RawHttp.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The SockJS transports whose responses hold one frame: xhr and jsonp. */
class SockJsPollingTest extends SockJsTest {
  private static final String FORM = "application/x-www-form-urlencoded";

  @ParameterizedTest
  @ValueSource(strings = {"/a/a", "/_/_", "/1/1", "/abcdefgh_i-j%20/abcdefg_i-j%20"})
  void serverAndSessionMayBeAnyText(String ids) throws IOException {
    assertThat(session.ask("POST", "/eventbus" + ids + "/xhr").text()).isEqualTo("o\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "//", "///", "/a./a", "/a/a.", "/./.", "/a/a/a"})
  void otherIdsAreNotFound(String ids) throws IOException {
    assertThat(session.ask("POST", "/eventbus" + ids + "/xhr").status()).isEqualTo(404);
    assertThat(session.ask("GET", "/eventbus" + ids + "/eventsource").status()).isEqualTo(404);
    assertThat(session.ask("POST", "/eventbus" + ids + "/xhr_send").status()).isEqualTo(404);
  }

  @Test
  void sessionIsKnownByItsIdAlone() throws IOException {
    assertThat(session.poll()).isEqualTo("o\n");

    session.send(knock("a"));

    try (SockJsByHand other = session.byAnotherServer()) {
      assertThat(other.poll()).startsWith("a[").contains("\\\"address\\\":\\\"a\\\"");
    }
  }

  @Test
  void pollGetsOneFrame() throws IOException {
    Answer opened = session.post("xhr");
    assertThat(opened.status()).isEqualTo(200);
    assertContentType(opened, "application/javascript");
    assertNotCached(opened);
    assertThat(opened.text()).isEqualTo("o\n");

    Answer sent = session.xhrSend("[]");
    assertThat(sent.status()).isEqualTo(204);
    assertContentType(sent, "text/plain");
    assertNotCached(sent);

    session.send(knock("a"));
    assertThat(session.poll())
        .isEqualTo(
            "a[\"{\\\"type\\\":\\\"err\\\",\\\"address\\\":\\\"a\\\",\\\"failureCode\\\":-1,"
                + "\\\"failureType\\\":\\\"NO_HANDLERS\\\","
                + "\\\"message\\\":\\\"There is no such event\\\"}\"]\n");
  }

  @Test
  void framesOfOneRequestComeTogetherAndInOrder() throws IOException {
    session.poll();

    session.xhrSend(Json.array(knock("a"), knock("b"), knock("c")).toString());

    JsonNode frames = Json.parse(session.poll().substring(1));
    assertThat(frames)
        .extracting(frame -> Json.parse(frame.asText()).get("address").asText())
        .containsExactly("a", "b", "c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/plain",
        "T",
        "application/json",
        "application/xml",
        "",
        "application/json; charset=utf-8",
        "text/xml"
      })
  void contentTypeOfWhatIsSentDoesNotMatter(String contentType) throws IOException {
    session.poll();

    assertThat(session.send("xhr_send", contentType, "[]").status()).isEqualTo(204);
  }

  @Test
  void whatIsNoListOfTextsIsAnError() throws IOException {
    session.poll();

    for (String broken : List.of("[\"x", "x", "{}", "[5]", "[null]", "5")) {
      Answer answer = session.xhrSend(broken);
      assertThat(answer.status()).as(broken).isEqualTo(500);
      assertThat(answer.text()).contains("Broken JSON encoding.");
    }
    Answer empty = session.xhrSend("");
    assertThat(empty.status()).isEqualTo(500);
    assertThat(empty.text()).contains("Payload expected.");

    session.send(knock("a"));
    assertThat(session.poll()).startsWith("a[");
  }

  @Test
  void nothingCanBeSentToASessionThatIsNotThere() throws IOException {
    for (String transport : List.of("xhr_send", "jsonp_send")) {
      Answer answer = session.send(transport, FORM, "d=[]");
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.text()).contains("NOT_FOUND");
    }
  }

  @Test
  void secondPollIsSentAwayAndTheFirstGoesOn() throws IOException {
    Answer stream = session.post("xhr_streaming");
    readTo("o\n", stream);

    assertThat(session.poll()).isEqualTo("c[2010,\"Another connection still open\"]\n");
    assertThat(session.poll()).isEqualTo("c[2010,\"Another connection still open\"]\n");

    session.send(knock("a"));
    assertThat(readTo("\n", stream)).startsWith("a[");
  }

  @Test
  void reasonOfACloseIsToldAgain() throws IOException {
    session.poll();

    session.send("no frame");

    assertThat(session.poll()).startsWith("c[4400,\"");
    assertThat(session.poll()).startsWith("c[4400,\"");
    assertThat(session.xhrSend("[]").status()).isEqualTo(404);
  }

  @Test
  void jsonpCallsTheCallback() throws IOException {
    Answer opened = session.get("jsonp?c=%63allback");
    assertContentType(opened, "application/javascript");
    assertNotCached(opened);
    assertThat(opened.text()).isEqualTo("/**/callback(\"o\");\r\n");

    Answer form = session.send("jsonp_send", FORM, "d=%5B%22" + encoded(knock("a")) + "%22%5D");
    assertThat(form.status()).isEqualTo(200);
    assertContentType(form, "text/plain");
    assertNotCached(form);
    assertThat(form.text()).isEqualTo("ok");
    assertThat(session.get("jsonp?c=x").text())
        .startsWith("/**/x(\"a[\\\"{")
        .contains("\\\\\\\"a\\\\\\\"")
        .endsWith("\\\"]\");\r\n");

    String plain = Json.array(knock("%61")).toString();
    assertThat(session.send("jsonp_send", "text/plain", plain).text()).isEqualTo("ok");
    assertThat(session.get("jsonp?c=x").text()).contains("%61");
  }

  @Test
  void jsonpRefusesWhatItCannotRead() throws IOException {
    session.get("jsonp?c=x").text();

    Answer broken = session.send("jsonp_send", FORM, "d=%5B%22x");
    assertThat(broken.status()).isEqualTo(500);
    assertThat(broken.text()).contains("Broken JSON encoding.");
    for (String empty : List.of("", "d=")) {
      Answer answer = session.send("jsonp_send", FORM, empty);
      assertThat(answer.status()).as(empty).isEqualTo(500);
      assertThat(answer.text()).as(empty).contains("Payload expected.");
    }
  }

  private static String encoded(String frame) {
    return URLEncoder.encode(frame.replace("\"", "\\\""), StandardCharsets.UTF_8);
  }
}
