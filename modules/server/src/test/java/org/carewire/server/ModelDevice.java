package org.carewire.server;

import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.carewire.testkit.ConnectionRefused;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.TestClient;
import org.jspecify.annotations.Nullable;

/**
 * A device with its storage. What it is told to do it does one after the other, while others do
 * something else.
 */
final class ModelDevice implements AutoCloseable {
  private static final long ABOVE_ANY_TOP = 1_000_000;
  private static final Duration OPENING = Duration.ofSeconds(4);
  private static final int NEVER = 0;

  /** Of one room: the entries it was sent, by offset. */
  private static final class Shelf {
    final NavigableMap<Long, String> ids = new TreeMap<>();

    /** Where it began when the server first saw it. */
    long base;

    /** Up to here nothing is missing. */
    long level;

    long acknowledged;

    void put(long offset, String id) {
      ids.putIfAbsent(offset, id);
      while (ids.containsKey(level + 1)) {
        level++;
      }
    }
  }

  private final DeliveryModel model;
  private final ModelUser user;
  private final @Nullable String id;
  private final ExecutorService doing =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("device").factory());
  private final Map<String, Shelf> shelves = new HashMap<>();
  private final List<ModelConnection> connections = new CopyOnWriteArrayList<>();
  private volatile @Nullable ModelConnection current;
  private boolean reads = true;
  private volatile CompletableFuture<?> last = CompletableFuture.completedFuture(null);

  /**
   * @param id null where it is a session that names no device
   */
  ModelDevice(DeliveryModel model, ModelUser user, @Nullable String id) {
    this.model = model;
    this.user = user;
    this.id = id;
  }

  ModelUser user() {
    return user;
  }

  /** Whether the server keeps its place in the logs. */
  boolean hasCursors() {
    return id != null;
  }

  List<ModelConnection> connections() {
    return connections;
  }

  /** Does it as soon as it has done what it was told before. */
  void then(Runnable step) {
    last =
        CompletableFuture.runAsync(step, doing)
            .exceptionally(
                failure -> {
                  model.surprised(this + ": " + failure);
                  return null;
                });
  }

  /** Waits until it has done what it was told. */
  void finish() {
    last.join();
  }

  /**
   * The server sees it for the first time, and says where it begins. Answers whether it has; the
   * device is to be forgotten where it has not.
   */
  boolean enrol(Entrance entrance) {
    then(() -> connect(entrance, Resuming.BY_CURSORS, 0, Duration.ofHours(1), NEVER, false));
    finish();
    ModelConnection first = current;
    return first != null && (!hasCursors() || first.awaitCaughtUp());
  }

  /** What is older it need not have. */
  synchronized void startAt(Map<String, Long> tops) {
    tops.forEach(this::startAt);
  }

  /** The same of a room, unless it is known already. */
  synchronized void startAt(String room, long offset) {
    if (!shelves.containsKey(room)) {
      shelf(room).base = offset;
      shelf(room).level = offset;
    }
  }

  /**
   * Comes back, unless it is there; or replaces its session.
   *
   * @param share of what it has, for older positions
   */
  void connect(
      Entrance entrance,
      Resuming resuming,
      double share,
      Duration tokenLife,
      int cutAfter,
      boolean replaces) {
    ModelConnection before = current;
    if (before != null && before.isOpen()) {
      if (!replaces) {
        return;
      }
      resumeReading();
    }
    ModelUser.Token token = user.token(tokenLife);
    Map<String, Long> positions = positions(resuming, share);
    var connection =
        new ModelConnection(
            this, model.server(), connections.size(), resuming, positions, token, cutAfter);
    ObjectNode hello = object("token", token.text());
    if (id != null) {
      hello.put("deviceId", id);
    }
    ObjectNode resume = object();
    if (!positions.isEmpty()) {
      String epoch = resuming == Resuming.IN_ANOTHER_EPOCH ? "another" : model.epoch();
      resume.put("epoch", epoch).set("positions", json(positions));
    }
    if (before != null && replaces) {
      resume.put("socketId", before.socketId());
    }
    if (!resume.isEmpty()) {
      hello.set("resume", resume);
    }
    connections.add(connection);
    TestClient client = open(connection, entrance);
    if (client == null) {
      connection.ended(0);
      return;
    }
    connection.open(client);
    JsonNode reply = await(client.ask("session:hello", hello), connection);
    if (reply.path("success").asBoolean()) {
      connection.begun(reply);
      model.learnEpoch(reply.path("epoch").asText());
      current = connection;
      if (user.isAdmin()) {
        for (ModelRoom room : model.rooms()) {
          ask(connection, "room:join", object("roomId", room.id()), DeliveryModel.ANY);
        }
      }
    } else {
      connection.client().drop();
    }
  }

  /** Answers null where the server cannot be reached, or lets nobody in. */
  private @Nullable TestClient open(ModelConnection connection, Entrance entrance) {
    var opening = new CompletableFuture<TestClient>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                opening.complete(entrance.transport().open(connection.server()));
              } catch (ConnectionRefused | UncheckedIOException e) {
                opening.completeExceptionally(e);
              }
            });
    try {
      return opening.get(OPENING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ConnectionRefused)) {
        model.failed(connection, "not reached, " + e.getCause());
      }
    } catch (TimeoutException e) {
      model.failed(connection, "not opened within " + OPENING);
      var _ = opening.thenAccept(TestClient::drop);
    }
    return null;
  }

  private static ObjectNode json(Map<String, Long> positions) {
    ObjectNode json = object();
    positions.forEach(json::put);
    return json;
  }

  private synchronized Map<String, Long> positions(Resuming resuming, double share) {
    var positions = new HashMap<String, Long>();
    if (id != null && resuming != Resuming.BY_CURSORS) {
      shelves.forEach((room, shelf) -> positions.put(room, position(resuming, shelf, share)));
    }
    return positions;
  }

  private static long position(Resuming resuming, Shelf shelf, double share) {
    return switch (resuming) {
      case ABOVE_THE_TOP -> ABOVE_ANY_TOP;
      case BY_OLDER_POSITIONS -> (long) (shelf.level * share);
      case BY_CURSORS, BY_POSITIONS, IN_ANOTHER_EPOCH -> shelf.level;
    };
  }

  void disconnect(boolean politely) {
    ModelConnection connection = current;
    if (connection != null && connection.isOpen()) {
      connection.leave();
      resumeReading();
      if (politely) {
        connection.client().close();
      } else {
        connection.client().drop();
      }
      connection.ended(0);
    }
    current = null;
  }

  /** It has a connection that is of no use. */
  void giveUp() {
    ModelConnection connection = current;
    if (connection != null) {
      connection.client().drop();
      connection.ended(0);
    }
    current = null;
  }

  /** Its session; null where it has none. */
  @Nullable ModelConnection connection() {
    ModelConnection connection = current;
    return connection != null && connection.isOpen() ? connection : null;
  }

  /** The network is lost while entries come. */
  void lose(ModelConnection connection) {
    then(
        () -> {
          if (current == connection) {
            disconnect(false);
          }
        });
  }

  void stopReading() {
    ModelConnection connection = current;
    if (connection != null && connection.isOpen() && reads) {
      reads = false;
      connection.client().stopReading();
    }
  }

  void resumeReading() {
    ModelConnection connection = current;
    if (connection != null && !reads) {
      reads = true;
      connection.client().resumeReading();
    }
  }

  /** Answers null where it has no session to send by. */
  @Nullable Sending send(int step, ModelMessage message) {
    ModelConnection connection = connection();
    if (connection != null) {
      var sending = new Sending(step, connection, message);
      model.sendings().add(sending);
      ObjectNode data =
          object(
              "roomId",
              message.room(),
              "message",
              message.text(),
              "clientMessageId",
              message.clientMessageId());
      ask(connection, "message:send", data, sending::answered);
      return sending;
    }
    return null;
  }

  /**
   * Acknowledges something of what it has.
   *
   * @param which of its rooms
   * @param share of what it has there
   */
  void acknowledge(double which, double share, int way) {
    ModelConnection connection = current;
    if (connection == null || !connection.isOpen()) {
      return;
    }
    ObjectNode data;
    synchronized (this) {
      List<String> rooms =
          shelves.keySet().stream()
              .filter(room -> shelf(room).level > shelf(room).base)
              .sorted()
              .toList();
      if (rooms.isEmpty()) {
        return;
      }
      String room = rooms.get((int) (which * rooms.size()));
      Shelf shelf = shelf(room);
      long offset = shelf.level - (long) (share * (shelf.level - shelf.base));
      String entry = shelf.ids.getOrDefault(offset, "");
      shelf.acknowledged = Math.max(shelf.acknowledged, offset);
      data =
          switch (way) {
            case 0, 1 -> object("roomId", room, "offset", offset);
            case 2 -> object("messageId", entry);
            default -> object("messageIds", array(entry), "roomId", room);
          };
    }
    String event = way % 2 == 0 ? "message:received" : "message:read";
    ask(connection, event, data, DeliveryModel.ANY);
  }

  void refresh(Duration tokenLife) {
    ModelConnection connection = current;
    if (connection != null && connection.isOpen()) {
      ModelUser.Token token = user.token(tokenLife);
      ask(
          connection,
          "session:refresh",
          object("token", token.text()),
          reply -> {
            if (reply.path("success").asBoolean()) {
              connection.refreshed(token);
            }
          });
    }
  }

  /** Asks for the receipts of a room, and waits for the answer. */
  JsonNode history(String room) {
    ModelConnection connection = current;
    return connection == null || !connection.isOpen()
        ? object()
        : await(
            connection.client().ask("message:history", object("roomId", room, "limit", 1)),
            connection);
  }

  /** Asks by that connection; the answer must come, unless it ends. */
  void ask(ModelConnection on, String event, JsonNode data, Consumer<JsonNode> onReply) {
    model.asked(this + " " + event, on, on.client().ask(event, data), onReply);
  }

  /** Answers an empty reply where none came. */
  private JsonNode await(CompletableFuture<JsonNode> reply, ModelConnection on) {
    CompletableFuture<JsonNode> answer =
        reply
            .exceptionally(_ -> object())
            .applyToEither(on.end().thenApply(_ -> object()), any -> any);
    try {
      return answer.get(model.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (TimeoutException e) {
      model.failed(on, "no reply while it was waited for");
      return object();
    }
  }

  private Shelf shelf(String room) {
    return shelves.computeIfAbsent(room, any -> new Shelf());
  }

  synchronized void hold(String room, long offset, String entry) {
    shelf(room).put(offset, entry);
  }

  /** The room of its user's notifications. */
  String inbox() {
    return "notifications:" + user.id();
  }

  /** The ids of what it has of a room, by offset. */
  synchronized NavigableMap<Long, String> held(String room) {
    Shelf shelf = shelves.get(room);
    return shelf == null ? new TreeMap<>() : new TreeMap<>(shelf.ids);
  }

  /** Up to where it has acknowledged a room, or need not have the entries. */
  synchronized long acknowledged(String room) {
    Shelf shelf = shelves.get(room);
    return shelf == null ? 0 : Math.max(shelf.base, shelf.acknowledged);
  }

  /** Up to where it has all of a room. */
  synchronized long level(String room) {
    Shelf shelf = shelves.get(room);
    return shelf == null ? 0 : shelf.level;
  }

  @Override
  public void close() {
    then(() -> disconnect(false));
    finish();
    doing.shutdown();
  }

  @Override
  public String toString() {
    return user + "/" + (id == null ? "no device" : id);
  }
}
