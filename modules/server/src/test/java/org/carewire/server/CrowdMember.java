package org.carewire.server;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.carewire.testkit.Entrance;
import org.jspecify.annotations.Nullable;

/**
 * A device whose client does what a good one does: it comes back when it loses its server, and
 * sends again, by the same id, what was not acknowledged.
 */
final class CrowdMember implements Runnable {
  private static final Duration TOKEN_LIFE = Duration.ofHours(3);
  private static final int NEVER_CUT = 0;

  /** The server pings every 2 s. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private static final Duration SHORTEST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);

  /** Longer than the grace, in which others do not notice it. */
  private static final Duration LONGEST_AWAY = Duration.ofSeconds(8);

  private static final Duration IDLE_PAUSE = Duration.ofMillis(100);

  /** Of what has not been acknowledged yet. */
  private static final int OUTBOX = 20;

  /** Its message, as it was sent last. */
  private record Sent(ModelMessage message, @Nullable Sending sending, Instant at) {
    boolean mustBeSentAgain() {
      return sending == null
          || (sending.isToBeRepeated() && Instant.now().isAfter(at.plus(sending.retryAfter())))
          || (!sending.isAnswered() && !sending.by().isOpen());
    }
  }

  private final DeliveryModel model;
  private final ModelDevice device;
  private final PresenceClient presence;
  private final NotificationClient notifications;
  private final Entrance entrance;
  private final List<ModelRoom> rooms;
  private final Random random;
  private final Duration pause;
  private final Map<String, Sent> outbox = new LinkedHashMap<>();
  private final Queue<ModelRoom> toSay = new ConcurrentLinkedQueue<>();
  private Duration backoff = SHORTEST_BACKOFF;
  private int said;
  private Instant awayUntil = Instant.MIN;
  private volatile boolean idle = true;
  private volatile boolean home;
  private volatile boolean over;
  private volatile int unacknowledged;

  /**
   * A member that is not there yet.
   *
   * @param rooms of its user
   * @param pause between two things that it does, on average
   */
  CrowdMember(
      DeliveryModel model,
      PresenceClient presence,
      NotificationClient notifications,
      Entrance entrance,
      List<ModelRoom> rooms,
      Random random,
      Duration pause) {
    this.model = model;
    this.device = presence.device();
    this.presence = presence;
    this.notifications = notifications;
    this.entrance = entrance;
    this.rooms = rooms;
    this.random = random;
    this.pause = pause;
  }

  ModelDevice device() {
    return device;
  }

  PresenceClient presence() {
    return presence;
  }

  NotificationClient notifications() {
    return notifications;
  }

  /** From now on it does something of its own. */
  void begin() {
    idle = false;
  }

  /** From now on it only gets done what it has begun, and says what it is told to. */
  void calmDown() {
    idle = true;
  }

  /** Leaves, and does not come back. */
  void goHome() {
    home = true;
  }

  void end() {
    over = true;
  }

  /** Says something in that room when it can. */
  void sayIn(ModelRoom room) {
    toSay.add(room);
  }

  /** Whether all that it had to say is acknowledged. */
  boolean isDone() {
    return toSay.isEmpty() && unacknowledged == 0;
  }

  @Override
  public void run() {
    while (!over) {
      ModelConnection connection = device.connection();
      if (home) {
        device.disconnect(random.nextBoolean());
        park(IDLE_PAUSE);
      } else if (connection == null) {
        comeBack();
      } else if (connection.client().silence().compareTo(SILENCE) > 0) {
        model.failed(connection, "silent for " + connection.client().silence());
        device.giveUp();
      } else {
        sendAgain();
        presence.keepUp(connection);
        if (!idle) {
          act(connection);
        }
        sayLast();
        linger(connection);
      }
    }
  }

  /** Until it is time for the next thing, or the connection ends. */
  private void linger(ModelConnection connection) {
    long millis = idle ? IDLE_PAUSE.toMillis() : random.nextLong(2 * pause.toMillis());
    var _ = connection.end().copy().completeOnTimeout(0, millis, TimeUnit.MILLISECONDS).join();
  }

  private void comeBack() {
    if (!idle && Instant.now().isBefore(awayUntil)) {
      park(IDLE_PAUSE);
      return;
    }
    List<ModelConnection> all = device.connections();
    if (!all.isEmpty() && all.getLast().reconnectAfterMs() > 0 && all.getLast().readyAt() != null) {
      park(Duration.ofMillis(all.getLast().reconnectAfterMs()));
    }
    Resuming resuming = random.nextInt(3) == 0 ? Resuming.BY_POSITIONS : Resuming.BY_CURSORS;
    device.connect(entrance, resuming, 1, TOKEN_LIFE, NEVER_CUT, false);
    if (device.connection() == null) {
      park(backoff);
      Duration longer = backoff.multipliedBy(2);
      backoff = longer.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : longer;
    } else {
      backoff = SHORTEST_BACKOFF;
    }
  }

  private static void park(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }

  private void act(ModelConnection connection) {
    int kind = random.nextInt(100);
    if (kind < 40) {
      say(rooms.get(random.nextInt(rooms.size())));
    } else if (kind < 83) {
      device.acknowledge(
          random.nextDouble(), random.nextInt(4) == 0 ? random.nextDouble() : 0, random.nextInt(4));
    } else if (kind < 88) {
      notifications.act(connection);
    } else if (kind < 93) {
      presence.act();
    } else {
      boolean comesBackAtOnce = random.nextInt(3) > 0;
      if (!comesBackAtOnce) {
        awayUntil = Instant.now().plusMillis(random.nextLong(LONGEST_AWAY.toMillis()));
      }
      device.disconnect(random.nextBoolean());
    }
  }

  private void sayLast() {
    for (ModelRoom room = toSay.peek(); room != null; room = toSay.peek()) {
      say(room);
      toSay.poll();
    }
  }

  private void say(ModelRoom room) {
    if (outbox.size() < OUTBOX) {
      said++;
      String name = device + "-" + said;
      send(new ModelMessage(device.user().id(), room.id(), name.replaceAll("[/ ]", "-"), name));
    }
  }

  private void send(ModelMessage message) {
    Sending sending = device.send(said, message);
    outbox.put(message.clientMessageId(), new Sent(message, sending, Instant.now()));
    unacknowledged = outbox.size();
  }

  /** In the order in which it was said. */
  private void sendAgain() {
    for (Sent sent : List.copyOf(outbox.values())) {
      Sending sending = sent.sending();
      if (sending != null && sending.isAnswered() && !sending.isToBeRepeated()) {
        outbox.remove(sent.message().clientMessageId());
        if (!sending.isAcknowledged()) {
          model.surprised(sending + " was refused");
        }
      } else if (sent.mustBeSentAgain()) {
        send(sent.message());
      }
    }
    unacknowledged = outbox.size();
  }
}
