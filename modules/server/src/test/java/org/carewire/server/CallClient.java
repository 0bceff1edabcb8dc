package org.carewire.server;

import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.carewire.server.CallSightings.Told;
import org.jspecify.annotations.Nullable;

/**
 * What the client of a device does about calls with those of one room: it begins them, answers,
 * declines or does not care, sends signals, hangs up or leaves, and may come back into a call when
 * it has lost its connection.
 */
final class CallClient implements Runnable {
  private static final int STEP_MS = 120;
  private static final int ACCEPT_WITHIN_MS = 800;
  private static final int TALK_MS = 2_500;
  private static final int RETRY_MS = 200;

  /** One of so many steps of who is free begins a call. */
  private static final int CALLS_SELDOM = 8;

  private enum Stage {
    FREE,
    RUNG,
    CALLS,
    TALKS
  }

  private enum Intent {
    ACCEPTS,
    DECLINES,
    WAITS,
    HANGS_UP,
    LEAVES,
    COMES_BACK
  }

  /**
   * The server has said that the session is in a call.
   *
   * @param event that was asked for
   */
  record Entered(ModelConnection by, String call, String event, Instant at) {}

  /** The server has said that the session has left a call, or ended it. */
  record Gone(ModelConnection by, String call) {}

  /** A signal, and what became of it. */
  static final class Signal {
    private final ModelConnection by;
    private final String call;
    private final String recipient;
    private final int number;
    private final Instant askedAt = Instant.now();
    private volatile @Nullable Instant acknowledgedAt;

    Signal(ModelConnection by, String call, String recipient, int number) {
      this.by = by;
      this.call = call;
      this.recipient = recipient;
      this.number = number;
    }

    String call() {
      return call;
    }

    /** The user who is to get it. */
    String recipient() {
      return recipient;
    }

    /** As the one who gets it sees it. */
    String name() {
      return name(by.toString(), number);
    }

    static String name(String by, int number) {
      return by + " #" + number;
    }

    Instant askedAt() {
      return askedAt;
    }

    /** When the server had said that it was delivered; null where it did not. */
    @Nullable Instant acknowledgedAt() {
      return acknowledgedAt;
    }

    @Override
    public String toString() {
      return name() + " to " + recipient + " in " + call;
    }
  }

  private final ModelDevice device;
  private final ModelRoom room;
  private final List<String> others;
  private final Random random;
  private final Queue<Entered> entered = new ConcurrentLinkedQueue<>();
  private final Queue<Gone> gone = new ConcurrentLinkedQueue<>();
  private final Queue<Signal> signals = new ConcurrentLinkedQueue<>();
  private @Nullable ModelConnection connection;
  private int taken;
  private int signalled;
  private Stage stage = Stage.FREE;
  private Intent intent = Intent.WAITS;
  private String call = "";
  private Instant due = Instant.MAX;
  private boolean asking;
  private volatile boolean idle = true;
  private volatile boolean over;

  /**
   * A client that has not called anybody yet.
   *
   * @param others of the room
   */
  CallClient(ModelDevice device, ModelRoom room, List<String> others, Random random) {
    this.device = device;
    this.room = room;
    this.others = others;
    this.random = random;
  }

  ModelDevice device() {
    return device;
  }

  /** The answers by which it came into calls. */
  List<Entered> entered() {
    return List.copyOf(entered);
  }

  /** Those by which it was out of them. */
  List<Gone> gone() {
    return List.copyOf(gone);
  }

  List<Signal> signals() {
    return List.copyOf(signals);
  }

  /** From now on it calls others. */
  void begin() {
    idle = false;
  }

  /** From now on it only ends what goes on. */
  void calmDown() {
    idle = true;
  }

  void end() {
    over = true;
  }

  @Override
  public void run() {
    while (!over) {
      step();
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(1, STEP_MS)).toNanos());
    }
  }

  private synchronized void step() {
    ModelConnection now = device.connection();
    if (now == null || now.readyAt() == null) {
      return;
    }
    if (now != connection) {
      connection = now;
      taken = 0;
      asking = false;
      comesAnew();
    }
    for (Told told : now.calls().from(taken)) {
      taken++;
      take(told);
    }
    if (!asking) {
      act(now);
    }
  }

  /** The server knows nothing of its new session yet. */
  private void comesAnew() {
    switch (stage) {
      case CALLS, TALKS -> {
        if (random.nextInt(4) == 0) {
          isFree();
        } else {
          plan(Intent.COMES_BACK, Instant.now());
        }
      }
      case RUNG -> isFree();
      case FREE -> {}
    }
  }

  private void take(Told told) {
    boolean mine = told.call().equals(call) && stage != Stage.FREE;
    switch (told.event()) {
      case "call:incoming" -> {
        if (stage == Stage.FREE) {
          begins(Stage.RUNG, told.call());
          plan(answer(), soon(ACCEPT_WITHIN_MS));
        }
      }
      case "call:ringing" -> {
        if (stage == Stage.FREE) {
          calls(told.call());
        }
      }
      case "call:accepted" -> {
        if (mine || stage == Stage.FREE) {
          talks(told.call());
        }
      }
      case "call:answeredElsewhere" -> {
        // Some are too late.
        if (mine && stage == Stage.RUNG && random.nextInt(4) > 0) {
          isFree();
        }
      }
      case "call:missed", "call:rejected" -> {
        boolean isOver =
            others.size() == 1
                || told.data().path("recipientId").asText().equals(device.user().id());
        if (mine && isOver) {
          isFree();
        }
      }
      case "call:ended" -> {
        if (mine) {
          isFree();
        }
      }
      default -> {}
    }
  }

  private Intent answer() {
    int kind = random.nextInt(10);
    return kind < 6 ? Intent.ACCEPTS : kind < 8 ? Intent.DECLINES : Intent.WAITS;
  }

  private void isFree() {
    begins(Stage.FREE, "");
    plan(Intent.WAITS, Instant.MAX);
  }

  private void calls(String id) {
    begins(Stage.CALLS, id);
    // Some do not wait until it is answered, or missed.
    boolean patient = random.nextInt(4) > 0;
    plan(patient ? Intent.WAITS : Intent.HANGS_UP, soon(TALK_MS));
  }

  private void talks(String id) {
    if (stage != Stage.TALKS || !call.equals(id)) {
      begins(Stage.TALKS, id);
      plan(random.nextInt(3) == 0 ? Intent.LEAVES : Intent.HANGS_UP, soon(TALK_MS));
    }
  }

  private void begins(Stage next, String id) {
    stage = next;
    call = id;
  }

  private void plan(Intent next, Instant at) {
    intent = next;
    due = at;
  }

  private Instant soon(int withinMs) {
    return Instant.now().plusMillis(random.nextInt(withinMs));
  }

  private void act(ModelConnection now) {
    if (stage == Stage.FREE) {
      if (!idle && random.nextInt(CALLS_SELDOM) == 0) {
        ask(
            now,
            "call:initiate",
            object("roomId", room.id(), "callType", "audio"),
            reply -> initiated(now, reply));
      }
      return;
    }
    if (idle) {
      plan(stage == Stage.RUNG ? Intent.DECLINES : Intent.HANGS_UP, Instant.now());
    }
    if (!Instant.now().isBefore(due)) {
      does(now);
    } else if (stage == Stage.TALKS && intent != Intent.COMES_BACK) {
      others.forEach(other -> signal(now, other));
    }
  }

  private void does(ModelConnection now) {
    switch (intent) {
      case ACCEPTS -> comeIn(now, "call:accept");
      case COMES_BACK -> comeIn(now, "call:join");
      case DECLINES -> goOut(now, "call:reject");
      case HANGS_UP -> goOut(now, "call:end");
      case LEAVES -> goOut(now, "call:leave");
      case WAITS -> {
        if (stage == Stage.RUNG) {
          isFree();
        }
      }
    }
  }

  private void initiated(ModelConnection by, JsonNode reply) {
    String id = reply.path("callId").asText();
    switch (reply.path("status").asText()) {
      case "ringing" -> {
        enters(by, "call:initiate", id);
        calls(id);
      }
      case "accepted", "in_progress" -> {
        enters(by, "call:initiate", id);
        talks(id);
      }
      default -> {}
    }
  }

  private void comeIn(ModelConnection by, String event) {
    String id = call;
    ask(
        by,
        event,
        object("callId", id),
        reply -> {
          if (reply.path("success").asBoolean()) {
            enters(by, event, id);
            if (call.equals(id)) {
              talks(id);
              if (intent == Intent.COMES_BACK) {
                plan(Intent.HANGS_UP, soon(TALK_MS));
              }
            }
          }
        });
  }

  private void goOut(ModelConnection by, String event) {
    String id = call;
    ask(
        by,
        event,
        object("callId", id),
        reply -> {
          if (reply.path("success").asBoolean()) {
            gone.add(new Gone(by, id));
            if (call.equals(id)) {
              isFree();
            }
          }
        });
  }

  private void enters(ModelConnection by, String event, String id) {
    entered.add(new Entered(by, id, event, Instant.now()));
  }

  private void ask(ModelConnection by, String event, JsonNode data, Answered onReply) {
    asking = true;
    device.ask(by, event, data, reply -> answered(by, reply, onReply));
  }

  private interface Answered {
    void to(JsonNode reply);
  }

  private synchronized void answered(ModelConnection by, JsonNode reply, Answered onReply) {
    if (by != connection) {
      return;
    }
    asking = false;
    onReply.to(reply);
    if (reply.path("retryable").asBoolean()) {
      due = Instant.now().plusMillis(RETRY_MS);
    } else if (!reply.path("success").asBoolean()) {
      isFree();
    }
  }

  private void signal(ModelConnection by, String recipient) {
    signalled++;
    var signal = new Signal(by, call, recipient, signalled);
    signals.add(signal);
    device.ask(
        by,
        "call:signal",
        object(
            "callId",
            call,
            "recipientId",
            recipient,
            "signalType",
            "ice-candidate",
            "signal",
            object("by", by.toString(), "number", signalled)),
        reply -> {
          if (reply.path("success").asBoolean()) {
            signal.acknowledgedAt = Instant.now();
          }
        });
  }
}
