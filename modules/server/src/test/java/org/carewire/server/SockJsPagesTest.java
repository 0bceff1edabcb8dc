package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.carewire.testkit.Json;
import org.carewire.testkit.RawHttp.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a SockJS client asks before it has a session. */
class SockJsPagesTest extends SockJsTest {
  @ParameterizedTest
  @ValueSource(strings = {"/eventbus", "/eventbus/"})
  void serverGreets(String path) throws IOException {
    Answer answer = session.ask("GET", path);

    assertThat(answer.status()).isEqualTo(200);
    assertContentType(answer, "text/plain");
    assertThat(answer.text()).isEqualTo("Welcome to SockJS!\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/a",
        "/a.html",
        "/a/a",
        "/a/a/",
        "/a/",
        "/iframe.htm",
        "/iframe",
        "/IFRAME.HTML",
        "/iframe.HTML",
        "/iframe.xml",
        "/iframe-/.html"
      })
  void otherPathsAreNotFound(String path) throws IOException {
    assertThat(session.ask("GET", "/eventbus" + path).status()).isEqualTo(404);
  }

  @Test
  void infoTellsWhatTheServerCan() throws IOException {
    Answer answer = session.ask("GET", "/eventbus/info");

    assertThat(answer.status()).isEqualTo(200);
    assertContentType(answer, "application/json");
    assertNotCached(answer);
    assertThat(answer.header("Set-Cookie")).isEmpty();
    JsonNode info = Json.parse(answer.text());
    assertThat(info.get("websocket").asBoolean()).isTrue();
    assertThat(info.get("cookie_needed").isBoolean()).isTrue();
    assertThat(info.get("origins")).hasToString("[\"*:*\"]");
    assertThat(info.get("entropy").asLong()).isBetween(0L, (1L << 32) - 1);
  }

  @Test
  void infoIsRandomEachTime() throws IOException {
    assertThat(session.ask("GET", "/eventbus/info").text())
        .isNotEqualTo(session.ask("GET", "/eventbus/info").text());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/iframe.html",
        "/iframe-a.html",
        "/iframe-.html",
        "/iframe-0.1.2.html",
        "/iframe-0.1.2abc-dirty.2144.html",
        "/iframe-0.1.2.html?t=123414"
      })
  void pageForFramesLoadsItsScriptsFromHere(String path) throws IOException {
    Answer page = session.ask("GET", "/eventbus" + path);

    assertThat(page.status()).isEqualTo(200);
    assertContentType(page, "text/html");
    assertThat(page.header("Cache-Control")).contains("public").containsPattern("max-age=[1-9]");
    assertThat(page.header("Content-Security-Policy"))
        .contains("default-src 'self'")
        .contains("frame-ancestors 'self'");
    assertThat(page.text())
        .contains("<script src=\"sockjs.min.js\"></script>")
        .contains("<script src=\"iframe.js\"></script>");
  }

  @ParameterizedTest
  @CsvSource({"sockjs.min.js, sockjs-client v1.6.1", "iframe.js, SockJS.bootstrap_iframe()"})
  void scriptsOfThePageAreThere(String script, String content) throws IOException {
    Answer answer = session.ask("GET", "/eventbus/" + script);

    assertThat(answer.status()).isEqualTo(200);
    assertContentType(answer, "text/javascript");
    assertThat(answer.text()).contains(content);
  }
}
