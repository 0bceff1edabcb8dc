package org.carewire.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the clients of all transports have in common: events that wait, replies that meet asks. */
abstract class SessionClient implements TestClient {
  private final EventInbox inbox = new EventInbox();
  private final Map<String, CompletableFuture<JsonNode>> unanswered = new ConcurrentHashMap<>();
  private volatile String socketId = "";
  private volatile @Nullable Witness witness;
  private volatile long heardAt = System.nanoTime();

  abstract Pings pings();

  @Override
  public void awaitPing() {
    pings().awaitNext(DEADLINE);
  }

  @Override
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - Math.max(heardAt, pings().lastAt()));
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
  public JsonNode next(String event, Predicate<? super JsonNode> which, Duration deadline) {
    return inbox.take(event, which, deadline);
  }

  @Override
  public List<JsonNode> takeAll(String event) {
    return inbox.takeAll(event);
  }

  @Override
  public void tellTo(Witness other) {
    witness = other;
  }

  @Override
  public int awaitClose(Duration deadline) {
    return inbox.awaitEnd(deadline);
  }

  /** The reply to what is asked under this name. */
  CompletableFuture<JsonNode> expectReply(String name) {
    var reply = new CompletableFuture<JsonNode>();
    unanswered.put(name, reply);
    return reply;
  }

  /** Brings a reply to who asked under this name; answers whether anybody did. */
  boolean replied(String name, JsonNode reply) {
    heardAt = System.nanoTime();
    CompletableFuture<JsonNode> expected = unanswered.remove(name);
    return expected != null && expected.complete(reply);
  }

  /** Something has come that is no reply to anybody. */
  void happened(String event, JsonNode data) {
    heardAt = System.nanoTime();
    Witness told = witness;
    if (told == null) {
      inbox.add(event, data);
    } else {
      told.happened(event, data);
    }
  }

  /** Nothing comes any more. */
  void ended(int code) {
    inbox.end(code);
    unanswered
        .values()
        .forEach(reply -> reply.completeExceptionally(new IOException("Closed with " + code)));
    Witness told = witness;
    if (told != null) {
      told.ended(code);
    }
  }
}
