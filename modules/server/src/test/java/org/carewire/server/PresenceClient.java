package org.carewire.server;

import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.carewire.server.Sightings.Shown;
import org.jspecify.annotations.Nullable;

/**
 * What the client of a device does about presence: it watches others, says whether anybody is at
 * the device, and has its user set a status. What the server has not acknowledged it says again;
 * what a device that returns need not say again it does not.
 */
final class PresenceClient {
  private static final List<String> STATUSES = List.of("online", "away", "busy");
  private static final int REMEMBERED = 12;
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(200);

  /** A status that was set, once or several times. */
  static final class Setting {
    private final Shown shown;
    private volatile @Nullable Instant askedAt;
    private volatile @Nullable Instant answeredAt;
    private volatile @Nullable ModelConnection by;
    private volatile @Nullable Instant firstAskedAt;

    Setting(Shown shown) {
      this.shown = shown;
    }

    Shown shown() {
      return shown;
    }

    /** When it was asked for last; null before. */
    @Nullable Instant askedAt() {
      return askedAt;
    }

    /** When the server had acknowledged it; null before. */
    @Nullable Instant answeredAt() {
      return answeredAt;
    }

    /** Whether it was asked for several times, of which one may count later. */
    boolean wasAskedAgain() {
      return !Objects.equals(firstAskedAt, askedAt);
    }

    /** When it was asked for at first; null before. */
    @Nullable Instant firstAskedAt() {
      return firstAskedAt;
    }

    /** The session by which it was asked for last. */
    @Nullable ModelConnection by() {
      return by;
    }
  }

  /** Something that the server has to know. */
  private final class Fact {
    private final String event;
    private boolean known;
    private @Nullable ModelConnection askedBy;
    private Instant askAgainAt = Instant.MIN;

    Fact(String event, boolean known) {
      this.event = event;
      this.known = known;
    }

    void changes() {
      known = false;
      askedBy = null;
      askAgainAt = Instant.MIN;
    }

    boolean isToBeSaid(ModelConnection now) {
      return !known && askedBy != now && !Instant.now().isBefore(askAgainAt);
    }

    void say(ModelConnection by, ObjectNode data, Runnable whenKnown) {
      askedBy = by;
      note(by + " said " + event + (data.has("userIds") ? "" : " " + data));
      device.ask(by, event, data, reply -> answered(by, reply, whenKnown));
    }

    private void answered(ModelConnection by, JsonNode reply, Runnable whenKnown) {
      synchronized (PresenceClient.this) {
        if (askedBy != by) {
          return;
        }
        askedBy = null;
        note(by + " was answered to " + event + ": " + reply);
        if (reply.path("success").asBoolean()) {
          known = true;
          whenKnown.run();
        } else {
          Duration wait = Duration.ofMillis(reply.path("retryAfterMs").asLong());
          askAgainAt = Instant.now().plus(wait.compareTo(SHORTEST_WAIT) > 0 ? wait : SHORTEST_WAIT);
          if (!reply.path("retryable").asBoolean()) {
            model.surprised(by + ": " + event + " was refused: " + reply.path("code"));
          }
        }
      }
    }
  }

  private final DeliveryModel model;
  private final ModelDevice device;
  private final List<String> watched;
  private final boolean sets;
  private final Random random;
  private final Fact watching = new Fact("presence:subscribe", false);
  private final Fact activity = new Fact("presence:activity", true);
  private final Fact status = new Fact("presence:setStatus", true);
  private final Queue<Setting> settings = new ConcurrentLinkedQueue<>();

  /** What it did last, for whoever wonders how that came about. */
  private final Deque<String> past = new ArrayDeque<>();

  private @Nullable Setting setting;
  private @Nullable ModelConnection connection;
  private boolean idle;
  private int set;
  private boolean mustSetLast;

  /**
   * A client that has said nothing yet.
   *
   * @param watched users; none where it watches nobody
   * @param sets whether it is by this device that its user sets a status
   */
  PresenceClient(
      DeliveryModel model, ModelDevice device, List<String> watched, boolean sets, Random random) {
    this.model = model;
    this.device = device;
    this.watched = watched;
    this.sets = sets;
    this.random = random;
  }

  ModelDevice device() {
    return device;
  }

  List<String> watched() {
    return watched;
  }

  /** The statuses that its user has set by it, in their order. */
  List<Setting> settings() {
    return List.copyOf(settings);
  }

  /** Whether its user has left the device alone. */
  synchronized boolean isIdle() {
    return idle;
  }

  /** Whether the server knows all that it has to. */
  synchronized boolean isKnown() {
    return connection != null
        && connection == device.connection()
        && (watching.known || watched.isEmpty())
        && activity.known
        && status.known
        && !mustSetLast;
  }

  /** Its user does something. */
  synchronized void act() {
    if (sets && random.nextBoolean()) {
      // One after the other, so that there is a last one.
      if (status.known) {
        setAnother();
      }
    } else if (activity.known) {
      idle = !idle;
      activity.changes();
    }
  }

  /** Sets another status, which is the last one. */
  synchronized void setLast() {
    mustSetLast = sets;
  }

  private void setAnother() {
    set++;
    String name = device.user() + "-" + set;
    setting = new Setting(new Shown(STATUSES.get(random.nextInt(STATUSES.size())), name));
    settings.add(setting);
    status.changes();
  }

  private void note(String what) {
    past.add(Instant.now() + " " + what);
    if (past.size() > REMEMBERED) {
      past.remove();
    }
  }

  /** What it did last. */
  synchronized List<String> past() {
    return List.copyOf(past);
  }

  /** Says what the server does not know. */
  synchronized void keepUp(ModelConnection now) {
    if (connection != now) {
      connection = now;
      note(now + " at " + now.server().getPort() + (now.isResumed() ? " resumed" : " began"));
      if (!now.isResumed()) {
        watching.changes();
        if (idle) {
          activity.changes();
        }
      }
    }
    if (mustSetLast && status.known) {
      mustSetLast = false;
      setAnother();
    }
    if (!watched.isEmpty() && watching.isToBeSaid(now)) {
      watching.say(now, object("userIds", array(watched.toArray())), () -> {});
    }
    if (activity.isToBeSaid(now)) {
      activity.say(now, object("idle", idle), () -> {});
    }
    Setting wanted = setting;
    if (wanted != null && status.isToBeSaid(now)) {
      wanted.askedAt = Instant.now();
      if (wanted.firstAskedAt == null) {
        wanted.firstAskedAt = wanted.askedAt;
      }
      wanted.by = now;
      status.say(
          now,
          object("status", wanted.shown().status(), "customStatus", wanted.shown().custom()),
          () -> wanted.answeredAt = Instant.now());
    }
  }
}
