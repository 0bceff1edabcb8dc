package org.carewire.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A client of {@code /ws}. */
public final class WebSocketTestClient implements TestClient {
  /** The front door that these clients come in by. */
  public static final TestTransport TRANSPORT = WebSocketTestClient::open;

  private final EventInbox inbox = new EventInbox();
  private final Map<Integer, CompletableFuture<JsonNode>> unanswered = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final RawWebSocket socket;
  private volatile String socketId = "";

  private WebSocketTestClient(URI address, Map<String, String> headers) {
    socket = new RawWebSocket(address, headers, this::received, this::ended);
  }

  private static WebSocketTestClient open(URI server, Map<String, String> headers) {
    URI address = URI.create("ws://" + server.getAuthority() + "/ws");
    var client = new WebSocketTestClient(address, headers);
    client.socket.start();
    return client;
  }

  @Override
  public JsonNode hello(JsonNode data) {
    JsonNode reply = request("session:hello", data);
    if (!reply.path("success").asBoolean()) {
      throw new AssertionError("Refused: " + reply);
    }
    socketId = reply.path("socketId").asText();
    return reply;
  }

  @Override
  public JsonNode refusedHello(JsonNode data) {
    send("session:hello", data);
    return next("error");
  }

  @Override
  public String socketId() {
    return socketId;
  }

  @Override
  public CompletableFuture<JsonNode> ask(String event, JsonNode data) {
    int id = ids.incrementAndGet();
    var reply = new CompletableFuture<JsonNode>();
    unanswered.put(id, reply);
    sendRaw(Json.write(Json.object("id", id, "event", event, "data", data)));
    return reply;
  }

  @Override
  public void send(String event, JsonNode data) {
    sendRaw(Json.write(Json.object("event", event, "data", data)));
  }

  @Override
  public void sendRaw(String frame) {
    socket.sendText(frame);
  }

  @Override
  public void sendBinary(byte[] frame) {
    socket.send(RawWebSocket.BINARY, true, frame);
  }

  /** For what only frames can do. */
  public RawWebSocket socket() {
    return socket;
  }

  @Override
  public JsonNode next(String event, Predicate<? super JsonNode> which, Duration deadline) {
    return inbox.take(event, which, deadline);
  }

  @Override
  public List<JsonNode> takeAll(String event) {
    return inbox.takeAll(event);
  }

  @Override
  public void awaitPing() {
    socket.forgetPings();
    try {
      if (!socket.pings().tryAcquire(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("No ping within " + DEADLINE);
      }
    } catch (InterruptedException e) {
      throw EventInbox.interrupted(e);
    }
  }

  @Override
  public void stopAnsweringPings() {
    socket.answerPings(false);
  }

  @Override
  public void stopReading() {
    socket.pauseReading();
  }

  @Override
  public void resumeReading() {
    socket.resumeReading();
  }

  @Override
  public void drop() {
    socket.drop();
  }

  @Override
  public int awaitClose(Duration deadline) {
    return inbox.awaitEnd(deadline);
  }

  @Override
  public void close() {
    socket.close();
  }

  private void received(String frame) {
    JsonNode json = Json.parse(frame);
    if (json.has("re")) {
      CompletableFuture<JsonNode> reply = unanswered.remove(json.get("re").asInt());
      if (reply == null) {
        inbox.add("unasked reply", json);
      } else {
        reply.complete(json.path("data"));
      }
    } else {
      inbox.add(json.path("event").asText(), json.path("data"));
    }
  }

  private void ended(int code) {
    inbox.end(code);
    unanswered
        .values()
        .forEach(reply -> reply.completeExceptionally(new IOException("Closed with " + code)));
  }
}
