package org.carewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against a SockJS server of a library. */
class SockJsTestClientTest {
  private static final BlockingQueue<Accepted> ACCEPTED = new LinkedBlockingQueue<>();
  private static final String SOCKJS = "SOCKJS_.*";
  private static final String FRAMED = "SOCKJS_(?!RAW).*";
  private static final Duration A_MOMENT = Duration.ofMillis(300);
  private static final Vertx VERTX = Vertx.vertx();
  private static URI uri = URI.create("");

  private record Accepted(SockJSSocket socket, BlockingQueue<JsonNode> received) {}

  @BeforeAll
  static void startServer() throws Exception {
    Router router = Router.router(VERTX);
    router
        .route()
        .handler(
            context -> {
              if (context.request().headers().contains("Refuse")) {
                context.fail(403);
              } else {
                context.next();
              }
            });
    router.post().handler(BodyHandler.create(false));
    var options =
        new SockJSHandlerOptions().setHeartbeatInterval(100).setRegisterWriteHandler(true);
    router
        .route("/eventbus/*")
        .subRouter(
            SockJSHandler.create(VERTX, options).socketHandler(SockJsTestClientTest::accept));
    HttpServer server = VERTX.createHttpServer().requestHandler(router);
    server.listen(0, "127.0.0.1").await(5, TimeUnit.SECONDS);
    uri = URI.create("http://127.0.0.1:" + server.actualPort());
  }

  @AfterAll
  static void stopServer() throws Exception {
    VERTX.close().await(5, TimeUnit.SECONDS);
  }

  @BeforeEach
  void forgetOthers() {
    ACCEPTED.clear();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void requestsMeetTheirRepliesInOrderAndEventsWaitToBeTaken(Entrance entrance) throws Exception {
    TestClient client = entrance.transport().open(uri);
    SockJSSocket server = accepted().socket();
    server.handler(
        message -> {
          JsonNode request = Json.parse(message.toString());
          if (request.has("replyAddress")) {
            server.write(rec("message:new", object("n", request.at("/body/n"))));
            server.write(rec(request.get("replyAddress").asText(), request.get("body")));
          }
        });
    String long8k = "ü".repeat(8_000) + "\ud83d\ude00 and half of one: \ud83d";

    var replies =
        IntStream.range(0, 40)
            .mapToObj(n -> client.ask("test", object("n", n, "text", long8k)))
            .toList();

    for (var reply : replies) {
      assertThat(TestClient.await(reply).get("text").asText().equals(long8k)).isTrue();
    }
    assertThat(client.takeAll("message:new"))
        .extracting(event -> event.get("n").asInt())
        .containsExactlyElementsOf(IntStream.range(0, 40).boxed().toList());
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void allServerEventsAreRegisteredFor(Entrance entrance) throws Exception {
    entrance.transport().open(uri);
    BlockingQueue<JsonNode> received = accepted().received();

    for (int i = 0; i < 10; i++) {
      JsonNode frame = received.poll(5, TimeUnit.SECONDS);
      assertThat(frame).isNotNull();
      assertThat(frame.get("type").asText()).isEqualTo("register");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void unknownAddressIsAnUnknownEvent(Entrance entrance) throws Exception {
    TestClient client = entrance.transport().open(uri);
    SockJSSocket server = accepted().socket();
    server.handler(
        message -> {
          JsonNode request = Json.parse(message.toString());
          if (request.has("replyAddress")) {
            ObjectNode error = object("type", "err", "failureType", "NO_HANDLERS", "message", "m");
            server.write(error.set("address", request.get("replyAddress")).toString());
          }
        });

    JsonNode reply = client.request("test", object());

    assertThat(reply)
        .isEqualTo(
            Json.parse(
                """
                {"success":false,"code":"UNKNOWN_EVENT","error":"m","retryable":false}\
                """));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = FRAMED)
  void pingsAreSeenAndAnsweredUntilTheTestSaysOtherwise(Entrance entrance) throws Exception {
    TestClient client = entrance.transport().open(uri);
    BlockingQueue<JsonNode> received = accepted().received();

    client.awaitPing();
    JsonNode frame = received.poll(5, TimeUnit.SECONDS);
    while (frame != null && !frame.get("type").asText().equals("ping")) {
      frame = received.poll(5, TimeUnit.SECONDS);
    }
    assertThat(frame).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = FRAMED)
  void closeCodeIsReportedAndEndsAllWaiting(Entrance entrance) throws Exception {
    TestClient client = entrance.transport().open(uri);
    var reply = client.ask("test", object());

    accepted().socket().close();

    assertThat(client.awaitClose()).isEqualTo(3000);
    assertThat(reply).failsWithin(Duration.ofSeconds(5));
    assertThatThrownBy(() -> client.next("never")).hasMessageContaining("3000");
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void serverNoticesWhoSaysGoodbyeAndWhoDisappears(Entrance entrance) throws Exception {
    BlockingQueue<String> ended = new LinkedBlockingQueue<>();
    TestClient polite = entrance.transport().open(uri);
    accepted().socket().closeHandler(end -> ended.add("polite"));
    TestClient lost = entrance.transport().open(uri);
    accepted().socket().closeHandler(end -> ended.add("lost"));

    polite.close();
    assertThat(ended.poll(5, TimeUnit.SECONDS)).isEqualTo("polite");
    assertThat(polite.awaitClose()).isEqualTo(1000);

    lost.drop();
    assertThat(ended.poll(5, TimeUnit.SECONDS)).isEqualTo("lost");
    assertThat(lost.awaitClose()).isEqualTo(1006);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void refusedConnectionTellsItsStatus(Entrance entrance) {
    assertThatThrownBy(() -> entrance.transport().open(uri, Map.of("Refuse", "please")))
        .isInstanceOfSatisfying(
            ConnectionRefused.class, refused -> assertThat(refused.status()).isEqualTo(403));
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = SOCKJS)
  void clientThatStopsReadingGetsWhatWaitsWhenItReadsAgain(Entrance entrance) throws Exception {
    TestClient client = entrance.transport().open(uri);
    SockJSSocket server = accepted().socket();
    client.stopReading();

    // A frame of its own, unless it waits for the next poll anyway.
    server
        .write(rec("message:new", object("n", 1)))
        .toCompletionStage()
        .toCompletableFuture()
        .completeOnTimeout(null, A_MOMENT.toMillis(), TimeUnit.MILLISECONDS)
        .join();
    server.write(rec("message:new", object("n", 2)));
    server.write(rec("message:new", object("n", 3)));
    assertThatThrownBy(
            () -> client.next("message:new", three -> three.get("n").asInt() == 3, A_MOMENT))
        .isInstanceOf(AssertionError.class);
    client.resumeReading();

    for (int n : List.of(1, 2, 3)) {
      client.next("message:new", next -> next.get("n").asInt() == n);
    }
  }

  private static String rec(String address, JsonNode body) {
    return Json.write(object("type", "rec", "address", address, "body", body));
  }

  private static void accept(SockJSSocket socket) {
    BlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
    socket.handler(message -> received.add(Json.parse(message.toString())));
    ACCEPTED.add(new Accepted(socket, received));
  }

  private static Accepted accepted() throws InterruptedException {
    Accepted next = ACCEPTED.poll(5, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return next;
  }
}
