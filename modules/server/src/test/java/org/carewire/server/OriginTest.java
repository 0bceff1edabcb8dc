package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carewire.server.Clinic.newId;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.ConnectionRefused;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.RawHttp;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pages of the configured origins may use the server, others may not. */
class OriginTest {
  private static final String OURS = "https://clinic.example";
  private static final String OURS_TOO = "https://portal.example:8443";
  private static final List<String> FOREIGN =
      List.of(
          "https://evil.example",
          "http://clinic.example",
          "https://clinic.example.evil.example",
          "https://clinic.example:444",
          "null");

  private static Clinic clinic;

  @BeforeAll
  static void openClinic() {
    clinic =
        Clinic.open(WebSocketTestClient.TRANSPORT, Map.of("http.origins", OURS + "," + OURS_TOO));
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  @Test
  void apiNamesTheOriginThatAsked() {
    for (String origin : List.of(OURS, OURS_TOO)) {
      Answer answer = clinic.backend().and("Origin", origin).get("/visits/" + newId("none"));

      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(origin);
      assertThat(answer.header("Vary").toLowerCase(Locale.ROOT)).contains("origin");
    }
  }

  @Test
  void preflightIsAnsweredWithWhatIsAllowed() {
    Answer answer = preflight(OURS);

    assertThat(answer.status()).isIn(200, 204);
    assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(OURS);
    assertThat(answer.header("Access-Control-Allow-Methods")).contains("PUT");
    assertThat(answer.header("Access-Control-Allow-Headers")).containsIgnoringCase("authorization");
  }

  @Test
  void otherOriginsAreRefusedByTheApi() {
    for (String origin : FOREIGN) {
      String path = "/groups/" + newId("group");
      Answer answer =
          clinic.backend().and("Origin", origin).put(path, object("members", array("ann")));

      assertThat(answer.status()).as(origin).isEqualTo(403);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
      assertThat(preflight(origin).header("Access-Control-Allow-Origin")).isEmpty();
      assertThat(clinic.backend().get(path).status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource
  void pagesOfOurOriginsMayConnect(Entrance entrance) {
    for (String origin : List.of(OURS, OURS_TOO)) {
      clinic.connect(entrance, Map.of("Origin", origin)).hello(Tokens.patient(newId("ann")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void pagesOfTheServerItselfMayConnectAndAsk(Entrance entrance) {
    String own = clinic.node().http().toString();

    clinic.connect(entrance, Map.of("Origin", own)).hello(Tokens.patient(newId("ann")));
    assertThat(clinic.backend().and("Origin", own).get("/visits/" + newId("none")).status())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @EnumSource
  void otherOriginsMayNotConnect(Entrance entrance) {
    for (String origin : FOREIGN) {
      assertThatThrownBy(() -> clinic.connect(entrance, Map.of("Origin", origin)))
          .isInstanceOfSatisfying(
              ConnectionRefused.class, refused -> assertThat(refused.status()).isEqualTo(403));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, info",
    "POST, 0/one/xhr",
    "POST, 0/two/xhr_streaming",
    "GET, 0/three/eventsource",
    "POST, 0/one/xhr_send",
    "GET, iframe.html"
  })
  void sockJsNamesTheOriginThatAskedAndLetsCookiesThrough(String method, String path)
      throws IOException {
    try (var http = new RawHttp(clinic.node().http())) {
      RawHttp.Answer answer =
          http.ask(method, "/eventbus/" + path, Map.of("Origin", OURS), new byte[0]);

      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(OURS);
      assertThat(answer.header("Access-Control-Allow-Credentials")).isEqualTo("true");
      assertThat(answer.header("Vary")).containsIgnoringCase("origin");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, info",
    "POST, 0/four/xhr",
    "POST, 0/four/xhr_streaming",
    "GET, 0/four/eventsource",
    "GET, 0/four/htmlfile?c=x",
    "GET, 0/four/jsonp?c=x",
    "POST, 0/four/xhr_send",
    "POST, 0/four/jsonp_send",
    "GET, iframe.html"
  })
  void sockJsTellsOtherOriginsNothing(String method, String path) throws IOException {
    for (String origin : FOREIGN) {
      try (var http = new RawHttp(clinic.node().http())) {
        RawHttp.Answer answer =
            http.ask(method, "/eventbus/" + path, Map.of("Origin", origin), new byte[0]);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET, info",
    "POST, 0/five/xhr",
    "POST, 0/five/xhr_streaming",
    "POST, 0/five/xhr_send"
  })
  void sockJsPreflightIsAnswered(String method, String path) throws IOException {
    try (var http = new RawHttp(clinic.node().http())) {
      RawHttp.Answer answer =
          http.ask(
              "OPTIONS",
              "/eventbus/" + path,
              Map.of(
                  "Origin", OURS,
                  "Access-Control-Request-Method", method,
                  "Access-Control-Request-Headers", "content-type"),
              new byte[0]);

      assertThat(answer.status()).isIn(200, 204);
      assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo(OURS);
      assertThat(answer.header("Access-Control-Allow-Credentials")).isEqualTo("true");
      assertThat(answer.header("Access-Control-Allow-Methods")).contains(method);
      assertThat(answer.header("Access-Control-Allow-Headers"))
          .containsIgnoringCase("content-type");
    }
  }

  @Test
  void onlyOurPagesMayFrameThePageOfSockJs() throws IOException {
    try (var http = new RawHttp(clinic.node().http())) {
      assertThat(http.get("/eventbus/iframe.html").header("Content-Security-Policy"))
          .contains("frame-ancestors 'self' " + OURS + " " + OURS_TOO);
    }
  }

  @Test
  void clientsThatAreNoBrowsersHaveNoOriginAndMayConnect() {
    clinic.connect().hello(Tokens.patient(newId("ann")));
    assertThat(clinic.backend().get("/visits/" + newId("none")).status()).isEqualTo(404);
  }

  private static Answer preflight(String origin) {
    return ApiClient.withoutToken(clinic.node().http())
        .and("Origin", origin)
        .and("Access-Control-Request-Method", "PUT")
        .and("Access-Control-Request-Headers", "authorization,content-type")
        .call("OPTIONS", "/visits/v1", "");
  }
}
