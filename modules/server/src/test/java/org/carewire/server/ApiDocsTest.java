package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The descriptions of the API, and the page to read them, as they are served. */
class ApiDocsTest {
  private static Clinic clinic;
  private static ApiClient anyone;

  @BeforeAll
  static void openClinic() {
    clinic = Clinic.open();
    anyone = ApiClient.withoutToken(clinic.node().http());
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/api/openapi.yaml, application/yaml, openapi: 3.1",
    "/api/asyncapi.yaml, application/yaml, asyncapi: 3.0",
    "/api/docs/, text/html;charset=UTF-8, <title>Carewire API",
    "/api/docs/docs.js, text/javascript;charset=UTF-8, SwaggerUIBundle(",
    "/api/docs/docs.css, text/css;charset=UTF-8, body {",
    "/api/docs/swagger-ui-bundle.js, text/javascript;charset=UTF-8, SwaggerUIBundle",
    "/api/docs/swagger-ui.css, text/css;charset=UTF-8, .swagger-ui"
  })
  void fileIsServedToAnyone(String path, String type, String content) {
    Answer answer = anyone.callAnywhere("GET", path, "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo(type);
    assertThat(answer.text()).contains(content);
    assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(answer.header("Content-Security-Policy"))
        .startsWith("default-src 'none'; script-src 'self';")
        .contains("connect-src 'self'");
    assertThat(answer.header("Cache-Control")).isEqualTo("no-cache");
    assertThat(anyone.callAnywhere("HEAD", path, "").header("Content-Length"))
        .isEqualTo(answer.header("Content-Length"));
  }

  @Test
  void fileThatTheReaderHasIsNotSentAgain() {
    String path = "/api/docs/swagger-ui-bundle.js";
    String tag = anyone.callAnywhere("GET", path, "").header("ETag");

    Answer known = anyone.and("If-None-Match", tag).callAnywhere("GET", path, "");
    Answer other = anyone.and("If-None-Match", "\"other\"").callAnywhere("GET", path, "");

    assertThat(tag).matches("\"\\w+\"");
    assertThat(known.status()).isEqualTo(304);
    assertThat(known.text()).isEmpty();
    assertThat(other.status()).isEqualTo(200);
  }

  @Test
  void pageIsFoundWithoutTheSlash() {
    Answer answer = anyone.callAnywhere("GET", "/api/docs", "");

    assertThat(answer.status()).isEqualTo(308);
    assertThat(answer.header("Location")).isEqualTo("docs/");
  }

  @Test
  void pageNamesNoOtherHostAndHasNoScriptInIt() {
    for (String path : List.of("/api/docs/", "/api/docs/docs.js", "/api/docs/docs.css")) {
      assertThat(anyone.callAnywhere("GET", path, "").text())
          .doesNotContain("http:", "https:", "\"//");
    }
    String page = anyone.callAnywhere("GET", "/api/docs/", "").text();
    assertThat(page).doesNotContainPattern(Pattern.compile("<script[^>]*>[^<]|<style| on\\w+="));
  }

  @Test
  void nothingElseOfSwaggerUiIsServed() {
    for (String path : List.of("index.html", "oauth2-redirect.html", "swagger-initializer.js")) {
      assertThat(anyone.callAnywhere("GET", "/api/docs/" + path, "").status()).isEqualTo(404);
    }
  }
}
