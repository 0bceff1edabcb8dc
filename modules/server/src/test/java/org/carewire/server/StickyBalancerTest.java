package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.Needed;
import org.carewire.testkit.RawHttp;
import org.carewire.testkit.SockJsTestClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes behind a real nginx, configured as {@code deploy/nginx/carewire.conf} has it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StickyBalancerTest {
  private static final String STICKY = "    hash $carewire_key consistent;\n";
  private static final String READ_TIMEOUT = "proxy_read_timeout 90s;";
  private static final String SHORT_READ_TIMEOUT = "proxy_read_timeout 3s;";

  private static final Duration LONGER_THAN_THAT = Duration.ofSeconds(4);

  private static final Map<String, String> SETTINGS =
      Map.of("http.forwardedHeaders", "true", "session.pingInterval", "500ms");

  private static final String PING = "[\"{\\\"type\\\":\\\"ping\\\"}\"]";

  @TempDir private static Path folder;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final List<TestClient> clients = new ArrayList<>();
  private TestNode first;
  private TestNode second;
  private Nginx nginx;
  private String ann = "";
  private String doc = "";
  private String room = "";

  @BeforeAll
  void start() throws IOException {
    Needed.orSkip("nginx", NginxConfiguration.program().isPresent());
    first = node(SETTINGS);
    second = node(besides(first));
    nginx = balancer(List.of(first.http(), second.http()), UnaryOperator.identity());
    ann = newId("ann");
    doc = newId("doc");
    String visit = newId("visit");
    Clinic.putVisit(ApiClient.with(first.http(), Tokens.service()), visit, ann, doc);
    room = "visit:" + visit;
  }

  @AfterEach
  void sendAllHome() {
    clients.forEach(TestClient::drop);
    clients.clear();
  }

  @AfterAll
  void stop() throws Exception {
    for (AutoCloseable each = open.poll(); each != null; each = open.poll()) {
      each.close();
    }
  }

  @ParameterizedTest
  @EnumSource(Entrance.class)
  void messagesGoBothWays(Entrance entrance) {
    TestClient patient = session(entrance, nginx.http(), Tokens.patient(ann));
    ok(patient.request("room:join", object("roomId", room)));

    // Only one of the nodes has the patient's session.
    TestClient one = session(Entrance.WEBSOCKET, first.http(), Tokens.provider(doc));
    TestClient other = session(Entrance.WEBSOCKET, second.http(), Tokens.provider(doc));
    String fromOne = say(one, newId("one"));
    String fromOther = say(other, newId("other"));
    String heard = text(patient.next("message:new"));
    assertThat(heard).isIn(fromOne, fromOther);

    String answer = say(patient, newId("answer"));
    TestClient doctor = heard.equals(fromOne) ? one : other;
    doctor.next("message:new", said -> text(said).equals(answer));
  }

  @Test
  void idleSessionsAreKeptByHeartbeats() throws IOException {
    Nginx impatient =
        balancer(
            List.of(first.http(), second.http()),
            configuration -> Nginx.replace(configuration, READ_TIMEOUT, SHORT_READ_TIMEOUT));
    for (Entrance entrance : Entrance.values()) {
      session(entrance, impatient.http(), Tokens.patient(ann));
    }

    Instant end = Instant.now().plus(LONGER_THAN_THAT);
    while (Instant.now().isBefore(end)) {
      clients.getFirst().awaitPing();
    }

    clients.forEach(TestClient::fence);
  }

  /** It holds back what it compresses, except where the server asks it not to. */
  @ParameterizedTest
  @CsvSource({"POST, xhr_streaming, 'h\no\n'", "GET, eventsource, 'data: o\r\n'"})
  void streamComesAtOnceThoughItIsCompressed(String method, String transport, String greeting)
      throws Exception {
    String path = "/eventbus/000/" + UUID.randomUUID() + "/" + transport;
    try (var http = new RawHttp(nginx.http())) {
      CompletableFuture<String> greeted =
          CompletableFuture.supplyAsync(() -> unzipped(http, method, path, greeting));

      assertThat(greeted.get(5, TimeUnit.SECONDS)).endsWith(greeting);
    }
  }

  @Test
  void messageThatSockJsMakesLongerPasses() {
    TestClient patient = session(Entrance.SOCKJS_XHR_POLLING, nginx.http(), Tokens.patient(ann));

    ok(patient.request("room:list", object("padding", "\"".repeat(490_000))));
  }

  @Test
  void sessionOfANodeThatIsGoneBeginsAnewOnTheOther() throws Exception {
    // With no ping, which would answer the poll as well.
    Map<String, String> settings = Map.of("http.forwardedHeaders", "true");
    TestNode one = node(settings);
    TestNode other = node(besides(one));
    Nginx balancer = balancer(List.of(one.http(), other.http()), UnaryOperator.identity());
    String session = "/eventbus/000/" + UUID.randomUUID();
    try (var http = new RawHttp(balancer.http())) {
      assertThat(http.post(session + "/xhr", "").text()).isEqualTo("o\n");
      TestNode holder = send(one.http(), session) == 204 ? one : other;
      assertThat(send(holder.http(), session)).isEqualTo(204);
      assertThat(send(balancer.http(), session)).isEqualTo(204);
      CompletableFuture<String> poll =
          CompletableFuture.supplyAsync(() -> post(balancer.http(), session + "/xhr"));

      open.remove(holder);
      holder.close();

      assertThat(poll.get(10, TimeUnit.SECONDS)).startsWith("c[1012");
      assertThat(send(balancer.http(), session)).isEqualTo(404);
      assertThat(post(balancer.http(), session + "/xhr")).isEqualTo("o\n");
      assertThat(send(balancer.http(), session)).isEqualTo(204);
    }
    for (Entrance entrance : Entrance.values()) {
      session(entrance, balancer.http(), Tokens.patient(ann)).fence();
    }
  }

  @Test
  void nodeThatDrainsIsLeft() throws IOException {
    HttpServer draining = answering(Map.of("/", 503));
    Nginx balancer = balancer(List.of(at(draining), first.http()), UnaryOperator.identity());

    for (int i = 0; i < 10; i++) {
      session(Entrance.WEBSOCKET, balancer.http(), Tokens.patient(ann)).fence();
    }
  }

  /** When PostgreSQL is down all nodes answer so, and connections are to stay possible. */
  @Test
  void nodesThatAnswerApiRequestsWith503StayInUse() throws Exception {
    Map<String, Integer> answers = Map.of("/api/", 503, "/", 200);
    Nginx balancer =
        balancer(List.of(at(answering(answers)), at(answering(answers))), UnaryOperator.identity());
    try (var http = new RawHttp(balancer.http())) {
      for (int i = 0; i < 10; i++) {
        assertThat(http.ask("GET", "/api/v1/visits/v", Map.of(), new byte[0]).status())
            .isEqualTo(503);
      }

      assertThat(http.ask("GET", "/eventbus/info", Map.of(), new byte[0]).status()).isEqualTo(200);
    }
  }

  @Test
  void withoutStickinessClientsBeginAnewAndDoNotHang() throws IOException {
    Nginx fickle =
        balancer(
            List.of(first.http(), second.http()),
            configuration -> Nginx.replace(configuration, STICKY, ""));
    String session = "/eventbus/000/" + UUID.randomUUID();

    assertThat(post(fickle.http(), session + "/xhr")).isEqualTo("o\n");
    assertThat(post(fickle.http(), session + "/xhr")).isEqualTo("o\n");

    TestClient client = SockJsTestClient.XHR_POLLING.open(fickle.http());
    clients.add(client);
    assertThat(client.awaitClose()).isEqualTo(1006);
  }

  @Test
  void connectionsAreCountedByTheAddressThatTheBalancerSaw() throws IOException {
    TestNode counting =
        node(
            Map.of(
                "http.forwardedHeaders",
                "true",
                "limits.connectionsPerSecond",
                "1",
                "limits.connectionBurst",
                "1"));
    Nginx balancer = balancer(List.of(counting.http(), counting.http()), UnaryOperator.identity());

    for (int i = 1; i <= 10; i++) {
      Map<String, String> forged = Map.of("X-Forwarded-For", "203.0.113." + i);
      clients.add(WebSocketTestClient.TRANSPORT.open(balancer.http(), forged));
    }

    assertThat(clients.getLast().awaitClose()).isEqualTo(4429);
  }

  /** A server that has one answer for each beginning of a path. */
  private HttpServer answering(Map<String, Integer> statuses) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    statuses.forEach(
        (path, status) ->
            server.createContext(
                path,
                exchange -> {
                  exchange.sendResponseHeaders(status, -1);
                  exchange.close();
                }));
    server.start();
    open.push(() -> server.stop(0));
    return server;
  }

  private static URI at(HttpServer server) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private TestNode node(Map<String, String> settings) {
    TestNode node = TestNode.start(settings);
    open.push(node);
    return node;
  }

  /** The settings of a node that shares the database of another. */
  private static Map<String, String> besides(TestNode node) {
    var settings = new HashMap<>(SETTINGS);
    settings.put("postgres.port", Integer.toString(node.database().port()));
    settings.put("postgres.database", node.database().database());
    return settings;
  }

  private Nginx balancer(List<URI> nodes, UnaryOperator<String> change) throws IOException {
    Nginx balancer = Nginx.start(Files.createTempDirectory(folder, "nginx"), nodes, change);
    open.push(balancer);
    return balancer;
  }

  private TestClient session(Entrance entrance, URI server, String token) {
    TestClient client = entrance.transport().open(server);
    clients.add(client);
    client.hello(token);
    return client;
  }

  private String say(TestClient client, String text) {
    ok(client.request("message:send", object("roomId", room, "message", text)));
    return text;
  }

  private static String text(JsonNode message) {
    return message.path("message").asText();
  }

  /** Sends a ping of the bridge protocol. Answers the status. */
  private static int send(URI server, String session) throws IOException {
    try (var http = new RawHttp(server)) {
      return http.post(session + "/xhr_send", PING).status();
    }
  }

  /** What an answer says, up to the given end. */
  private static String unzipped(RawHttp http, String method, String path, String end) {
    try {
      Map<String, String> headers = Map.of("Accept-Encoding", "gzip");
      var stream = new GZIPInputStream(http.ask(method, path, headers, new byte[0]).body());
      var text = new StringBuilder();
      for (int next = stream.read(); next >= 0; next = stream.read()) {
        text.append((char) next);
        if (text.indexOf(end) >= 0) {
          break;
        }
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String post(URI server, String path) {
    try (var http = new RawHttp(server)) {
      return http.post(path, "").text();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
