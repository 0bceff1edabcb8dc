package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Frames of the corpus, and what a random source makes of them: each is answered, or ends its own
 * session, as docs/protocol.md says, and nobody else notices. {@code -Dcarewire.fuzz.seed=} repeats
 * a run, {@code -Dcarewire.fuzz.rounds=} makes a longer one: so many frames through each door.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FrameFuzzTest {
  private static final long SEED = Long.getLong("carewire.fuzz.seed", System.nanoTime());
  private static final int ROUNDS = Integer.getInteger("carewire.fuzz.rounds", 250);
  private static final int FRAMES_A_CHECK = 100;
  private static final int FRAMES_A_SETTLEMENT = 10;
  private static final String ROOM = "visit:fuzz";
  private static final String MANY = "10000000";

  private FaultLog faults;
  private Clinic clinic;
  private TestClient bystander;
  private final List<byte[]> unsettled = new ArrayList<>();

  @BeforeAll
  void openClinic() {
    clinic =
        Clinic.open(
            WebSocketTestClient.TRANSPORT,
            Map.of(
                "limits.frameBytes", Integer.toString(Fate.FRAME_BYTES),
                "limits.requestsPerSecond", MANY,
                "limits.requestBurst", MANY,
                "limits.messagesPerSecond", MANY,
                "limits.messageBurst", MANY,
                "limits.sessionsPerUser", MANY));
    Clinic.putVisit(clinic.backend(), "fuzz", "ann", "doc");
    faults = FaultLog.open();
  }

  @AfterAll
  void closeClinic() {
    faults.close();
    clinic.close();
  }

  @BeforeEach
  void bystanderIsThere() {
    bystander = clinic.provider("doc");
    ok(bystander.request("room:join", object("roomId", ROOM)));
  }

  @AfterEach
  void sendAllHome() {
    unsettled.clear();
    clinic.sendAllHome();
  }

  @ParameterizedTest
  @EnumSource(FuzzDoor.class)
  void frameIsAnsweredOrEndsItsOwnSession(FuzzDoor door) {
    List<byte[]> corpus = door.corpus();
    List<byte[]> frames = new ArrayList<>(corpus);
    var mutations = new Mutations(random(door), corpus, 2 * Fate.FRAME_BYTES);
    for (int i = 0; i < ROUNDS; i++) {
      frames.add(mutations.next());
    }

    explaining(door, () -> sendAll(door, frames));
  }

  @ParameterizedTest
  @EnumSource(FuzzDoor.class)
  void frameOfAStrangerIsAnsweredOrEndsItsOwnSession(FuzzDoor door) {
    List<byte[]> corpus = door.corpus();
    List<byte[]> frames = new ArrayList<>(corpus);
    var mutations = new Mutations(random(door), corpus, 2 * Fate.FRAME_BYTES);
    for (int i = 0; i < ROUNDS / 4; i++) {
      frames.add(mutations.next());
    }

    explaining(
        door,
        () -> {
          for (byte[] frame : frames) {
            unsettled.clear();
            unsettled.add(frame);
            try (var stranger = new FuzzClient(door, clinic.node().http())) {
              stranger.sendAsStranger(frame);
            }
          }
          nobodyElseHasNoticed();
        });
  }

  private static Random random(FuzzDoor door) {
    return new Random(SEED + door.name().hashCode());
  }

  private void sendAll(FuzzDoor door, List<byte[]> frames) {
    FuzzClient client = null;
    for (int i = 0; i < frames.size(); i++) {
      byte[] frame = frames.get(i);
      client = client == null ? comeIn(door) : client;
      unsettled.add(frame);
      if (door.fate(frame).closes()) {
        client.sendLast(frame);
        client = leave(client);
      } else {
        client.send(frame);
        if (i % FRAMES_A_SETTLEMENT == 0) {
          client.settle();
          unsettled.clear();
        }
      }
      if (i % FRAMES_A_CHECK == 0) {
        nobodyElseHasNoticed();
      }
    }
    if (client != null) {
      client.settle();
      // Whatever came twice comes before this.
      client.settle();
      leave(client);
    }
    nobodyElseHasNoticed();
  }

  private FuzzClient comeIn(FuzzDoor door) {
    return new FuzzClient(door, clinic.node().http()).hello(Tokens.patient("ann"));
  }

  private @Nullable FuzzClient leave(FuzzClient client) {
    client.close();
    unsettled.clear();
    return null;
  }

  private void nobodyElseHasNoticed() {
    JsonNode sent =
        ok(bystander.request("message:send", object("roomId", ROOM, "message", "still here")));
    assertThat(bystander.next("message:sent")).isEqualTo(sent.get("message"));
    bystander.expectNone("error");
    bystander.expectNone("session:expired");
    bystander.expectNone("unasked reply");
    for (JsonNode message : bystander.takeAll("message:new")) {
      assertThat(message.path("senderId").asText()).isEqualTo("ann");
      assertThat(message.path("roomId").asText()).isIn(ROOM, "chat:ann:doc");
      assertThat(message.path("message").asText()).isNotBlank();
    }
    for (String signal :
        List.of("typing:start", "typing:stop", "room:userJoined", "room:userLeft")) {
      bystander
          .takeAll(signal)
          .forEach(data -> assertThat(data.path("userId").asText()).isEqualTo("ann"));
    }

    ApiClient management = ApiClient.withoutToken(clinic.node().management());
    assertThat(management.callAnywhere("GET", "/health/ready", "").status()).isEqualTo(200);
    assertThat(management.callAnywhere("GET", "/metrics", "").text())
        .contains("carewire_refusals_total")
        .doesNotContain("code=\"INTERNAL\"")
        .doesNotContain("code=\"UNAVAILABLE\"");
    assertThat(faults.lines()).isEmpty();
  }

  /** Says with a failure how to see it again, and how to keep what has led to it. */
  private void explaining(FuzzDoor door, Runnable test) {
    try {
      test.run();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          "%s%nFrom seed -Dcarewire.fuzz.seed=%d -Dcarewire.fuzz.rounds=%d, after one of these:%n%s"
              .formatted(failure.getMessage(), SEED, ROUNDS, suspects(door)),
          failure);
    }
  }

  /** The frames of which nothing is known yet. */
  private String suspects(FuzzDoor door) {
    return unsettled.stream()
        .map(
            frame ->
                "%s  %s"
                    .formatted(
                        abbreviated(new String(frame, UTF_8)), Corpus.keep(door.folder(), frame)))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String abbreviated(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "…";
  }
}
