package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.Json;

/** A session that sends any frame there is, and holds what comes back against its {@link Fate}. */
final class FuzzClient implements AutoCloseable {
  private static final int DEADLINE_SECONDS = 10;
  private static final int NOT_AUTHENTICATED = 4401;
  private static final int NONE = -1;

  /** What the server tells of its own faults and troubles; nothing here gives it any. */
  private static final Set<String> OWN_FAULTS = Set.of("INTERNAL", "UNAVAILABLE", "RATE_LIMITED");

  private static final Set<String> OWN_END = Set.of("session:expired", "server:shutdown", "");

  private sealed interface Arrival {
    record Frame(JsonNode json) implements Arrival {}

    record End(int code) implements Arrival {}
  }

  private final FuzzDoor door;
  private final FuzzCarrier carrier;
  private final BlockingQueue<Arrival> arrivals = new LinkedBlockingQueue<>();
  private final List<JsonNode> awaited = new ArrayList<>();
  private int fences;

  /** Whether the last frame was a hello, which an event may refuse. */
  private boolean mayBeRefused;

  /** Connects; nothing has been said yet. */
  FuzzClient(FuzzDoor door, URI server) {
    this.door = door;
    carrier =
        FuzzCarrier.open(
            door,
            server,
            frame -> arrivals.add(new Arrival.Frame(Json.parse(frame))),
            code -> arrivals.add(new Arrival.End(code)));
  }

  FuzzClient hello(String token) {
    carrier.send(door.request("hello", "session:hello", object("token", token)));
    awaited.add(Json.array("hello").get(0));
    settle();
    return this;
  }

  /** Sends a frame after which the session goes on. */
  void send(byte[] frame) {
    awaited.addAll(door.fate(frame).replies());
    carrier.send(frame);
  }

  /** Sends a frame that ends the session, and waits for that. */
  void sendLast(byte[] frame) {
    settle();
    Fate fate = door.fate(frame);
    awaited.addAll(fate.replies());
    carrier.send(frame);
    int code = NONE;
    while (code == NONE) {
      code = accept(take());
    }
    assertThat(code).as("close code").isEqualTo(fate.closeCode());
  }

  /** Sends a frame without having said hello; one that tries to may end the session. */
  void sendAsStranger(byte[] frame) {
    Fate fate = door.fate(frame);
    mayBeRefused = Fate.isHello(frame);
    awaited.addAll(fate.replies());
    carrier.send(frame);
    if (!fate.closes()) {
      fence();
    }
    int code = NONE;
    while (code == NONE && (fate.closes() || !awaited.isEmpty())) {
      code = accept(take());
    }
    if (fate.closes() || code != NONE) {
      assertThat(code)
          .as("close code")
          .isEqualTo(fate.closes() ? fate.closeCode() : NOT_AUTHENTICATED);
      assertThat(fate.closes() || Fate.isHello(frame)).isTrue();
    }
  }

  /** Waits until everything is answered; nothing else may have come. */
  void settle() {
    mayBeRefused = false;
    fence();
    while (!awaited.isEmpty()) {
      int code = accept(take());
      assertThat(code).as("close code, though the session should go on").isEqualTo(NONE);
    }
  }

  private void fence() {
    String name = "fence " + ++fences;
    awaited.add(Json.array(name).get(0));
    carrier.send(door.request(name, "room:list", object("limit", 1)));
  }

  private Arrival take() {
    try {
      Arrival arrival = arrivals.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      if (arrival == null) {
        throw new AssertionError("Nothing comes, though awaited: " + awaited);
      }
      return arrival;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Answers the close code, if it was one. */
  private int accept(Arrival arrival) {
    return switch (arrival) {
      case Arrival.End(int code) -> code;
      case Arrival.Frame(JsonNode frame) -> {
        if (awaited.remove(door.answers(frame))) {
          assertIsReply(frame);
        } else {
          assertThat(door.isEvent(frame)).as("asked for: %s", frame).isTrue();
          assertThat(OWN_END).as("%s", frame).doesNotContain(door.event(frame));
          assertThat(mayBeRefused || !door.event(frame).equals("error")).as("%s", frame).isTrue();
        }
        yield NONE;
      }
    };
  }

  private static void assertIsReply(JsonNode frame) {
    if (frame.path("type").asText().equals("err")) {
      assertThat(frame.path("failureCode").isInt()).as("%s", frame).isTrue();
      assertThat(frame.path("message").asText()).as("%s", frame).isNotBlank();
      return;
    }
    JsonNode reply = frame.has("re") ? frame.path("data") : frame.path("body");
    assertThat(reply.path("success").isBoolean()).as("%s", frame).isTrue();
    if (!Replies.isOk(reply)) {
      String code = reply.path("code").asText();
      assertThat(OWN_FAULTS).as("%s", frame).doesNotContain(code);
      Replies.refused(reply, code);
    }
  }

  @Override
  public void close() {
    carrier.close();
  }
}
