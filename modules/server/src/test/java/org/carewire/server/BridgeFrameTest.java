package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.RawWebSocket;
import org.carewire.testkit.SockJsTestClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of the event-bus bridge protocol, good ones and those that are none. */
@Through(Entrance.SOCKJS_RAW_WEBSOCKET)
class BridgeFrameTest extends Contract {
  private static final int A_MEGABYTE_AND_MORE = 1_100_000;
  private static final String SOCKJS = "SOCKJS_.*";

  private static final List<String> NO_FRAMES =
      List.of(
          "",
          " ",
          "hello",
          "{",
          "{\"type\":\"ping\"",
          "{\"type\":\"ping\"} {}",
          "{'type':'ping'}",
          "[]",
          "[{\"type\":\"ping\"}]",
          "null",
          "5",
          "\"ping\"",
          "{}",
          "{\"type\":5}",
          "{\"type\":null,\"address\":\"room:list\"}",
          "{\"address\":\"room:list\",\"body\":{}}");

  /** What frames do is asked of the clients themselves. */
  @Override
  @BeforeAll
  void openClinic() {
    clinic = Clinic.open(SockJsTestClient.RAW_WEBSOCKET, settings());
  }

  static Stream<Arguments> noFrames() {
    return Arrays.stream(Entrance.values())
        .filter(entrance -> entrance.name().matches(SOCKJS))
        .flatMap(entrance -> NO_FRAMES.stream().map(frame -> Arguments.of(entrance, frame)));
  }

  @ParameterizedTest(name = "{index} {0}")
  @MethodSource("noFrames")
  void frameThatIsNoObjectOrHasNoTypeClosesItsSession(Entrance entrance, String frame) {
    TestClient client = clinic.connect(entrance);

    client.sendRaw(frame);

    assertThat(client.awaitClose()).isEqualTo(4400);
  }

  @Test
  void whoDoesNothingButPingIsClosed() {
    TestClient client = clinic.connect(Entrance.SOCKJS_RAW_WEBSOCKET);

    for (int i = 0; i < 40_000; i++) {
      client.sendRaw("{\"type\":\"ping\"}");
    }

    assertThat(client.awaitClose()).isEqualTo(4429);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void frameThatIsTooDeepClosesItsSession(Entrance entrance) {
    TestClient client = clinic.connect(entrance);

    client.sendRaw(
        "{\"type\":\"send\",\"address\":\"room:list\",\"body\":"
            + "[".repeat(100_000)
            + "]".repeat(100_000)
            + "}");

    assertThat(client.awaitClose()).isEqualTo(4400);
  }

  @ParameterizedTest
  @EnumSource(names = {"SOCKJS_WEBSOCKET", "SOCKJS_RAW_WEBSOCKET"})
  void binaryFrameClosesItsSession(Entrance entrance) {
    TestClient client = clinic.connect(entrance);

    client.sendBinary("{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8));

    assertThat(client.awaitClose()).isEqualTo(4400);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void frameOfMoreThanAMegabyteClosesWith1009(Entrance entrance) {
    TestClient client = clinic.connect(entrance);

    client.sendRaw(object("type", "ping", "padding", "x".repeat(A_MEGABYTE_AND_MORE)).toString());

    assertThat(client.awaitClose()).isEqualTo(1009);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void frameOfManyMegabytesClosesWith1009(Entrance entrance) {
    TestClient client = clinic.connect(entrance);

    client.sendRaw("x".repeat(20 * A_MEGABYTE_AND_MORE));

    assertThat(client.awaitClose()).isEqualTo(1009);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void frameOfAlmostAMegabyteIsAnsweredHoweverItIsEscaped(Entrance entrance) {
    TestClient client = clinic.connect(entrance);
    client.hello(Tokens.patient(newId("ann")));

    ok(client.request("room:list", object("padding", "x".repeat(990_000))));
    ok(client.request("room:list", object("padding", "\"".repeat(490_000))));
  }

  @Test
  void unknownTypeIsAnErrorAndTheSessionGoesOn() {
    TestClient client = session();

    client.sendRaw("{\"type\":\"dance\",\"address\":\"room:list\"}");

    assertThat(client.next("err").get("address").asText()).isEqualTo("room:list");
    client.fence();
  }

  @Test
  void pingIsNotAnswered() {
    TestClient client = session();

    client.sendRaw("{\"type\":\"ping\"}");

    client.fence();
    client.expectNone("err");
    client.expectNone("unasked reply");
  }

  @Test
  void requestWithoutABodyHasEmptyData() {
    SockJsTestClient client = session();

    client.sendRaw("{\"type\":\"send\",\"address\":\"room:join\",\"replyAddress\":\"r\"}");

    refused(client.next("unasked reply").get("body"), "BAD_REQUEST", "roomId");
  }

  @Test
  void refusalsAreReplies() {
    SockJsTestClient client = session();

    client.sendRaw(
        object(
                "type",
                "send",
                "address",
                "room:join",
                "replyAddress",
                "r",
                "body",
                object("roomId", "visit:none"))
            .toString());

    JsonNode reply = client.next("unasked reply");
    assertThat(reply.get("type").asText()).isEqualTo("rec");
    refused(reply.get("body"), "ACCESS_DENIED");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Authorization", "authorization"})
  void tokenMayComeInAHeaderOfTheHello(String header) {
    String ann = newId("ann");
    TestClient client = clinic.connect();

    client.sendRaw(hello(object(header, "Bearer " + Tokens.patient(ann)), object()).toString());

    JsonNode reply = client.next("unasked reply").get("body");
    assertThat(ok(reply).get("userId").asText()).isEqualTo(ann);
  }

  @Test
  void tokenOfTheBodyGoesBeforeThatOfTheHeader() {
    String ann = newId("ann");
    TestClient client = clinic.connect();

    client.sendRaw(
        hello(
                object("Authorization", "Bearer " + Tokens.patient(newId("bob"))),
                object("token", Tokens.patient(ann)))
            .toString());

    JsonNode reply = client.next("unasked reply").get("body");
    assertThat(ok(reply).get("userId").asText()).isEqualTo(ann);
  }

  @Test
  void headersThatAreNoneAreIgnored() {
    SockJsTestClient client = session();

    for (String headers : List.of("null", "5", "\"x\"", "[]", "{\"Authorization\":5}")) {
      client.sendRaw(
          "{\"type\":\"send\",\"address\":\"room:list\",\"replyAddress\":\"r\",\"headers\":"
              + headers
              + "}");
      ok(client.next("unasked reply").get("body"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/eventbus/websocket", "/eventbus/000/query/websocket"})
  void tokenInTheQueryStringDoesNotCount(String path) throws InterruptedException {
    String query = "?token=TOKEN&access_token=TOKEN".replace("TOKEN", Tokens.patient("ann"));
    BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();
    URI address = URI.create("ws://" + clinic.node().http().getAuthority() + path + query);
    var socket = new RawWebSocket(address, Map.of(), frames::add, codes::add);
    socket.start();
    String hello = hello(object(), object()).toString();

    socket.sendText(path.contains("000") ? array(hello).toString() : hello);

    assertThat(codes.poll(5, TimeUnit.SECONDS)).isEqualTo(4401);
    assertThat(String.join("", frames)).contains("Authentication error: No token provided");
  }

  private SockJsTestClient session() {
    return (SockJsTestClient) clinic.patient(newId("ann"));
  }

  private static ObjectNode hello(ObjectNode headers, ObjectNode body) {
    return object(
        "type", "send",
        "address", "session:hello",
        "replyAddress", "r",
        "headers", headers,
        "body", body);
  }
}
