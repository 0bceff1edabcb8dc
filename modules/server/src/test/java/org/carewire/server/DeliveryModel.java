package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
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

/** Who and what there is beside the server, and what came of it. */
final class DeliveryModel {
  static final Consumer<JsonNode> ANY = reply -> {};

  static final String TENANT = "default";

  private static final Duration REPLY = Duration.ofSeconds(12);

  /** What the server may answer to those who have done nothing wrong. */
  private static final Set<String> HONEST =
      Set.of("UNAVAILABLE", "ACCESS_DENIED", "CONFLICT", "NOT_FOUND", "UNAUTHENTICATED");

  /** Up to where users have a room, each as {@code [delivered, read]}. */
  record Sample(ModelRoom room, int version, long top, Map<String, List<Long>> receipts) {}

  private final URI server;
  private final List<ModelRoom> rooms = new ArrayList<>();
  private final List<ModelDevice> devices = new CopyOnWriteArrayList<>();
  private final Queue<Sending> sendings = new ConcurrentLinkedQueue<>();
  private final Queue<Sample> samples = new ConcurrentLinkedQueue<>();
  private final Queue<String> surprises = new ConcurrentLinkedQueue<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private volatile String epoch = "";

  DeliveryModel(URI server) {
    this.server = server;
  }

  URI server() {
    return server;
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
            .orTimeout(REPLY.toSeconds(), TimeUnit.SECONDS)
            .whenComplete(
                (_, failure) -> {
                  if (failure instanceof TimeoutException && on.isOpen()) {
                    surprised("No reply to " + what + " of " + on);
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
