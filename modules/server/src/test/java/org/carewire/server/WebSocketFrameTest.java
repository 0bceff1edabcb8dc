package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.RawWebSocket;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames of {@code /ws} that are none. Others notice nothing. */
@Through(Entrance.WEBSOCKET)
class WebSocketFrameTest extends Contract {
  private static final int A_MEGABYTE_AND_MORE = 1_100_000;

  private WebSocketTestClient client;
  private TestClient bystander;

  /** What frames do is asked of the clients themselves. */
  @Override
  @BeforeAll
  void openClinic() {
    clinic = Clinic.open(WebSocketTestClient.TRANSPORT, settings());
  }

  @BeforeEach
  void comeIn() {
    String ann = newId("ann");
    String doc = newId("doc");
    var join = object("roomId", "visit:" + clinic.visit(ann, doc));
    client = (WebSocketTestClient) clinic.patient(ann);
    bystander = clinic.provider(doc);
    ok(bystander.request("room:join", join));
  }

  @AfterEach
  void bystanderNoticedNothing() {
    bystander.expectNone("error");
    bystander.expectNone("message:new");
  }

  @ParameterizedTest(name = "{index}")
  @ValueSource(
      strings = {
        "",
        " ",
        "hello",
        "{",
        "{\"event\":\"room:list\"",
        "{\"event\":\"room:list\"} {}",
        "{'event':'room:list'}",
        "{\"event\":\"room:list\",\"data\":{\"a\":NaN}}",
        "[]",
        "[{\"id\":1,\"event\":\"room:list\",\"data\":{}}]",
        "null",
        "5",
        "\"room:list\"",
        "{}",
        "{\"id\":1,\"data\":{}}"
      })
  void frameThatIsNoObjectOrHasNoEventClosesItsSession(String frame) {
    client.sendRaw(frame);

    assertThat(client.awaitClose()).isEqualTo(4400);
  }

  @ParameterizedTest
  @ValueSource(ints = {1_500, 100_000, 450_000})
  void frameThatIsTooDeepClosesItsSession(int depth) {
    client.sendRaw(
        "{\"id\":1,\"event\":\"room:list\",\"data\":"
            + "[".repeat(depth)
            + "]".repeat(depth)
            + "}");

    assertThat(client.awaitClose()).isEqualTo(4400);
  }

  @Test
  void binaryFrameClosesItsSession() {
    client.sendBinary("{\"event\":\"room:list\"}".getBytes(StandardCharsets.UTF_8));

    assertThat(client.awaitClose()).isEqualTo(4400);
  }

  @Test
  void malformedFrameInPlaceOfTheHelloClosesToo() {
    TestClient stranger = clinic.connect();

    stranger.sendRaw("hello?");

    assertThat(stranger.awaitClose()).isEqualTo(4400);
  }

  @Test
  void frameOfMoreThanAMegabyteClosesWith1009() {
    client.sendRaw("x".repeat(A_MEGABYTE_AND_MORE));

    assertThat(client.awaitClose()).isEqualTo(1009);
  }

  @Test
  void frameOfManyMegabytesClosesWith1009() {
    client.sendRaw("x".repeat(20 * A_MEGABYTE_AND_MORE));

    assertThat(client.awaitClose()).isEqualTo(1009);
  }

  @Test
  void messageOfMoreThanAMegabyteInFragmentsClosesWith1009() {
    byte[] part = "x".repeat(A_MEGABYTE_AND_MORE / 10).getBytes(StandardCharsets.US_ASCII);

    client.socket().send(RawWebSocket.TEXT, false, part);
    for (int i = 0; i < 10; i++) {
      client.socket().send(RawWebSocket.CONTINUATION, false, part);
    }

    assertThat(client.awaitClose()).isEqualTo(1009);
  }

  @Test
  void tooLargeAFrameBeforeHelloClosesWith1009() {
    TestClient stranger = clinic.connect();

    stranger.sendRaw("x".repeat(A_MEGABYTE_AND_MORE));

    assertThat(stranger.awaitClose()).isEqualTo(1009);
  }

  @Test
  void frameOfAlmostAMegabyteIsAnswered() {
    String padding = "x".repeat(990_000);

    ok(client.request("room:list", object("padding", padding)));
  }

  @Test
  void requestInFragmentsIsOneRequest() {
    byte[] frame =
        "{\"id\":77,\"event\":\"room:list\",\"data\":{\"limit\":1,\"note\":\"ü\"}}"
            .getBytes(StandardCharsets.UTF_8);
    int cut = frame.length - 4; // between the two bytes of ü

    client.socket().send(RawWebSocket.TEXT, false, Arrays.copyOf(frame, cut));
    client
        .socket()
        .send(RawWebSocket.CONTINUATION, true, Arrays.copyOfRange(frame, cut, frame.length));

    JsonNode reply = client.next("unasked reply");
    assertThat(reply.get("re").asInt()).isEqualTo(77);
    ok(reply.get("data"));
  }

  @Test
  void requestWithoutDataHasEmptyData() {
    client.sendRaw("{\"id\":78,\"event\":\"room:list\"}");

    ok(client.next("unasked reply").get("data"));

    client.sendRaw("{\"id\":79,\"event\":\"room:join\"}");

    refused(client.next("unasked reply").get("data"), "BAD_REQUEST", "roomId");
  }

  @Test
  void halvesOfSurrogatePairsAreNamedAsTheyStandInTheFrame() {
    client.sendRaw(
        "{\"id\":80,\"event\":\"message:send\",\"data\":"
            + "{\"recipientId\":\"doc\",\"message\":\"half \\ud83d\"}}");

    refused(client.next("unasked reply").get("data"), "BAD_REQUEST", "message");
  }

  @Test
  void repliesToHelloComeByTheIdOfTheHello() {
    WebSocketTestClient other = (WebSocketTestClient) clinic.connect();
    String token = Tokens.patient(newId("bob"));

    other.sendRaw(
        object("id", 4_711, "event", "session:hello", "data", object("token", token)).toString());

    JsonNode reply = other.next("unasked reply");
    assertThat(reply.get("re").asInt()).isEqualTo(4_711);
    ok(reply.get("data"));
  }

  @Test
  void tokenInTheQueryStringDoesNotCount() throws InterruptedException {
    URI address = URI.create(clinic.node().webSocket() + "?token=" + Tokens.patient("ann"));
    BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    BlockingQueue<Integer> codes = new LinkedBlockingQueue<>();
    var socket = new RawWebSocket(address, Map.of(), frames::add, codes::add);
    socket.start();

    socket.sendText("{\"event\":\"session:hello\",\"data\":{}}");

    assertThat(frames.poll(5, TimeUnit.SECONDS))
        .contains("Authentication error: No token provided");
    assertThat(codes.poll(5, TimeUnit.SECONDS)).isEqualTo(4401);
  }
}
