package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Who and what there is beside the server, and what came of it. */
final class DeliveryModel {
  static final Consumer<JsonNode> ANY = reply -> {};

  static final String TENANT = "default";

  private static final Duration PATIENCE = Duration.ofSeconds(12);

  /** What the server may answer to those who have done nothing wrong. */
  private static final Set<String> HONEST =
      Set.of(
          "UNAVAILABLE",
          "ACCESS_DENIED",
          "CONFLICT",
          "NOT_FOUND",
          "UNAUTHENTICATED",
          "WRONG_STATE");

  /** Up to where users have a room, each as {@code [delivered, read]}. */
  record Sample(ModelRoom room, int version, long top, Map<String, List<Long>> receipts) {
    /** What a reply to {@code message:history} says. */
    static Sample of(ModelRoom room, int version, JsonNode reply) {
      var receipts = new HashMap<String, List<Long>>();
      for (JsonNode receipt : reply.path("receipts")) {
        receipts.put(
            receipt.path("userId").asText(),
            List.of(receipt.path("delivered").asLong(), receipt.path("read").asLong()));
      }
      return new Sample(room, version, reply.path("top").asLong(), receipts);
    }
  }

  private final Supplier<URI> servers;
  private final Duration patience;
  private final Predicate<ModelConnection> excused;
  private final List<ModelRoom> rooms = new ArrayList<>();
  private final List<ModelDevice> devices = new CopyOnWriteArrayList<>();
  private final Queue<Sending> sendings = new ConcurrentLinkedQueue<>();
  private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
  private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
  private final Queue<String> miscounts = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile String epoch = "";

  /** Beside a server that nothing is done to. */
  DeliveryModel(URI server) {
    this(() -> server, PATIENCE, _ -> false);
  }

  /**
   * Beside servers that come and go.
   *
   * @param servers the one to go to next
   * @param patience how long a reply is waited for
   * @param excused whether the server of that connection could not answer
   */
  DeliveryModel(Supplier<URI> servers, Duration patience, Predicate<ModelConnection> excused) {
    this.servers = servers;
    this.patience = patience;
    this.excused = excused;
  }

  URI server() {
    return servers.get();
  }

  List<ModelRoom> rooms() {
    return rooms;
  }

  List<ModelDevice> devices() {
    return devices;
  }

  Queue<Sending> sendings() {
    return sendings;
  }

  Queue<Sample> samples() {
    return samples;
  }

  /** What should not have happened, whatever the order of things. */
  Queue<String> surprises() {
    return surprises;
  }

  void surprised(String by) {
    surprises.add(by);
  }

  /** What was wrong in what users were told of what they have read. */
  Queue<String> miscounts() {
    return miscounts;
  }

  void miscounted(String what) {
    miscounts.add(what);
  }

  String epoch() {
    return epoch;
  }

  void learnEpoch(String told) {
    epoch = told;
  }

  /** A request is under way, which must be answered, unless its connection ends. */
  void asked(
      String what,
      ModelConnection on,
      CompletableFuture<JsonNode> reply,
      Consumer<JsonNode> onReply) {
    unanswered.incrementAndGet();
    var _ =
        CompletableFuture.anyOf(reply, on.end())
            .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (_, failure) -> {
                  if (failure instanceof TimeoutException && on.isOpen()) {
                    failed(on, "no reply to " + what);
                    on.client().drop();
                  } else if (reply.state() == Future.State.SUCCESS) {
                    answered(what + " of " + on, reply.resultNow());
                    onReply.accept(reply.resultNow());
                  }
                  unanswered.decrementAndGet();
                });
  }

  private void answered(String what, JsonNode reply) {
    String code = reply.path("code").asText();
    if (!reply.path("success").asBoolean() && !HONEST.contains(code)) {
      surprised(what + " was answered with " + code);
    }
  }

  /** A server did not do what a client may expect of it. */
  void failed(ModelConnection on, String what) {
    if (!excused.test(on)) {
      surprised(on + " of " + on.server() + ": " + what);
    }
  }

  Duration patience() {
    return patience;
  }

  boolean isAnswered() {
    return unanswered.get() == 0;
  }

  boolean isOfTheTenant(ModelUser user) {
    return user.tenant().equals(TENANT);
  }

  /** Whether its user is in the room once everybody is back. */
  boolean isMember(ModelDevice device, ModelRoom room) {
    return isOfTheTenant(device.user()) && room.concerns(device.user().id());
  }
}
