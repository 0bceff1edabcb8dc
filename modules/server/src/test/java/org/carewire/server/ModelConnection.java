package org.carewire.server;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.TestClient;
import org.jspecify.annotations.Nullable;

/** One connection of a device, and all that it was sent of entries and presence. */
final class ModelConnection implements TestClient.Witness {
  /** Something that the order of entries depends on. */
  sealed interface Seen {}

  /**
   * @param own whether it came as {@code message:sent}
   * @param acknowledged up to where the device had acknowledged the room
   */
  record SeenEntry(
      boolean own,
      String room,
      long offset,
      String id,
      String digest,
      long acknowledged,
      Instant at)
      implements Seen {}

  /**
   * @param acknowledged up to where the device had acknowledged each of the rooms
   */
  record SeenCaughtUp(Map<String, Long> tops, Map<String, Long> acknowledged, Instant at)
      implements Seen {}

  record SeenReset(String room, String reason) implements Seen {}

  /** What {@link #unread} is until a count is told. */
  static final long NOT_COUNTED = -1;

  private final ModelDevice device;
  private final URI server;
  private final int number;
  private final Resuming resuming;
  private final Map<String, Long> positions;
  private final int cutAfter;
  private final Instant begunAt = Instant.now();
  private final Map<String, Long> last = new HashMap<>();
  private final List<Seen> seen = new ArrayList<>();
  private final CompletableFuture<Integer> end = new CompletableFuture<>();
  private final CompletableFuture<SeenCaughtUp> caughtUp = new CompletableFuture<>();
  private final Sightings sightings = new Sightings();
  private final CallSightings calls = new CallSightings();
  private @Nullable TestClient client;
  private ModelUser.Token token;
  private int entries;
  private String socketId = "";
  private volatile @Nullable Instant helloAt;
  private volatile @Nullable Instant endedAt;
  private volatile long reconnectAfterMs;
  private volatile long unread = NOT_COUNTED;
  private volatile boolean left;
  private volatile boolean resumed;

  /**
   * @param positions that the server is told
   * @param cutAfter how many entries come before the device loses the connection
   */
  ModelConnection(
      ModelDevice device,
      URI server,
      int number,
      Resuming resuming,
      Map<String, Long> positions,
      ModelUser.Token token,
      int cutAfter) {
    this.device = device;
    this.server = server;
    this.number = number;
    this.resuming = resuming;
    this.positions = positions;
    this.token = token;
    this.cutAfter = cutAfter;
  }

  void open(TestClient opened) {
    client = opened;
    opened.tellTo(this);
  }

  TestClient client() {
    return requireNonNull(client);
  }

  /** The hello was accepted. */
  void begun(JsonNode reply) {
    socketId = reply.path("socketId").asText();
    resumed = reply.path("resumed").asBoolean();
    helloAt = Instant.now();
  }

  /** When it was; null where it was not. */
  @Nullable Instant helloAt() {
    return helloAt;
  }

  /** Whether the server knows the device, and goes on where it was. */
  boolean isResumed() {
    return resumed;
  }

  /** When its session was there, and had caught up where it begins with the log; null before. */
  @Nullable Instant readyAt() {
    if (!device.hasCursors()) {
      return helloAt;
    }
    return caughtUp.state() == Future.State.SUCCESS ? caughtUp.resultNow().at() : null;
  }

  URI server() {
    return server;
  }

  /** The client ends it of its own will. */
  void leave() {
    left = true;
  }

  boolean isLeft() {
    return left;
  }

  @Nullable Instant endedAt() {
    return endedAt;
  }

  /** How long the server has asked to wait before the next one. */
  long reconnectAfterMs() {
    return reconnectAfterMs;
  }

  /** The offset of the last entry that it was sent of a room; 0 where there was none. */
  synchronized long last(String room) {
    return last.getOrDefault(room, 0L);
  }

  /** What it was told of others. */
  Sightings sightings() {
    return sightings;
  }

  /** What it was told of calls. */
  CallSightings calls() {
    return calls;
  }

  /** How many unread notifications it was told of last. */
  long unread() {
    return unread;
  }

  String socketId() {
    return socketId;
  }

  /** The token of the session was replaced. */
  synchronized void refreshed(ModelUser.Token other) {
    token = other;
  }

  synchronized ModelUser.Token token() {
    return token;
  }

  @Override
  public void happened(String event, JsonNode data) {
    switch (event) {
      case "message:new", "notification:new" -> entry(false, data);
      case "message:sent" -> entry(true, data);
      case "session:caughtUp" -> caughtUp(data);
      case "session:reset" ->
          add(new SeenReset(data.path("roomId").asText(), data.path("reason").asText()));
      case "notification:unreadCount" -> unread = data.path("unreadCount").asLong();
      case "presence:initial" -> sightings.initial(data.path("presences"));
      case "presence:changed" -> sightings.changed(data);
      case "server:shutdown" -> reconnectAfterMs = data.path("reconnectAfterMs").asLong();
      default -> {
        if (event.startsWith("call:")) {
          calls.add(event, data);
        }
      }
    }
  }

  private void entry(boolean own, JsonNode data) {
    String room = data.path("roomId").asText();
    long offset = data.path("offset").asLong();
    String id = data.path("id").asText();
    String digest = ModelMessage.digest(data.path("message").asText());
    if (isFirst() && !caughtUp.isDone()) {
      device.startAt(room, offset - 1);
    }
    long acknowledged = device.acknowledged(room);
    add(new SeenEntry(own, room, offset, id, digest, acknowledged, Instant.now()));
    device.hold(room, offset, id);
    entries++;
    if (entries == cutAfter) {
      device.lose(this);
    }
  }

  private void caughtUp(JsonNode data) {
    var tops = new HashMap<String, Long>();
    var acknowledged = new HashMap<String, Long>();
    for (JsonNode room : data.path("rooms")) {
      String id = room.path("roomId").asText();
      tops.put(id, room.path("top").asLong());
    }
    if (isFirst()) {
      device.startAt(tops);
    }
    tops.keySet().forEach(id -> acknowledged.put(id, device.acknowledged(id)));
    var event = new SeenCaughtUp(tops, acknowledged, Instant.now());
    add(event);
    caughtUp.complete(event);
  }

  private synchronized void add(Seen event) {
    if (event instanceof SeenEntry entry) {
      last.put(entry.room(), entry.offset());
    }
    seen.add(event);
  }

  synchronized List<Seen> seen() {
    return List.copyOf(seen);
  }

  @Override
  public void ended(int code) {
    if (endedAt == null) {
      endedAt = Instant.now();
    }
    end.complete(code);
    caughtUp.completeExceptionally(new IllegalStateException("Closed with " + code));
  }

  boolean isOpen() {
    return !end.isDone();
  }

  CompletableFuture<Integer> end() {
    return end;
  }

  /** Answers whether that is so in time. */
  boolean awaitCaughtUp() {
    return caughtUp
        .thenApply(_ -> true)
        .completeOnTimeout(false, TestClient.DEADLINE.toSeconds(), TimeUnit.SECONDS)
        .exceptionally(_ -> false)
        .join();
  }

  /** Whether the server had not seen the device before. */
  boolean isFirst() {
    return number == 0;
  }

  ModelDevice device() {
    return device;
  }

  Instant begunAt() {
    return begunAt;
  }

  Resuming resuming() {
    return resuming;
  }

  /** What it told the server that it has; empty where it told nothing. */
  Map<String, Long> positions() {
    return positions;
  }

  @Override
  public String toString() {
    return device + " connection " + number;
  }
}
