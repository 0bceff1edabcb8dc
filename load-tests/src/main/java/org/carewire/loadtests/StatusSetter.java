package org.carewire.loadtests;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A user who watches others and sets statuses. Their texts say when they were to be set, so whoever
 * is told of one knows how long that took.
 */
final class StatusSetter extends ClientSession {
  /** After that of hello. */
  private static final long SUBSCRIBE_ID = 2;

  /** All ids of updates have as many digits. */
  private static final int FIRST_ID = 100_000_000;

  private static final int ID_DIGITS = 9;
  private static final int TIME_DIGITS = 16;
  private static final byte[] CHANGED = Ascii.of("{\"event\":\"presence:changed\"");
  private static final byte[] TEXT = Ascii.of("\"customStatus\":\"");

  /** Ports of one loopback address are enough for so many, even if all are in TIME_WAIT. */
  private static final int PER_ADDRESS = 2_000;

  private final StatusUpdates updates;
  private final WatchGroups groups;
  private final int number;
  private final byte[] frame;
  private final int idAt;
  private final int timeAt;

  /** By the place of a user in the group: the time in the status that was told last. */
  private final long[] told;

  private @Nullable ClientSocket socket;
  private boolean subscribed;
  private int sent;
  private long lastSentAt;
  private long lastDue;
  private int refusals;

  StatusSetter(StatusUpdates updates, int number, WatchGroups groups) {
    super(WatchGroups.name(number), "provider", "device-" + WatchGroups.name(number));
    this.updates = updates;
    this.groups = groups;
    this.number = number;
    this.told = new long[groups.size()];
    String time = "t".repeat(TIME_DIGITS);
    String request =
        "{\"id\":%d,\"event\":\"presence:setStatus\",\"data\":{\"status\":\"busy\",\"customStatus\":\"%s\"}}"
            .formatted(FIRST_ID, time);
    this.frame = Frames.masked(Frames.TEXT, Ascii.of(request));
    int payload = Frames.payloadOffset(request.length());
    this.idAt = payload + request.indexOf(':') + 1;
    this.timeAt = payload + request.indexOf(time);
  }

  void connect(ClientLoop loop, InetSocketAddress server) {
    socket = loop.open(1 + number / PER_ADDRESS, server, this);
  }

  @Override
  void greeted() {}

  @Override
  void caughtUp() {
    write(groups.request(SUBSCRIBE_ID, "presence:subscribe", number));
  }

  boolean isSubscribed() {
    return subscribed;
  }

  /** One more status, of which the one before is acknowledged. */
  void set(long now, long due) {
    lastSentAt = now;
    lastDue = due;
    Ascii.putNumber(frame, idAt, ID_DIGITS, FIRST_ID + (long) sent++);
    Ascii.putHex(frame, timeAt, TIME_DIGITS, due);
    write(frame);
  }

  private void write(byte[] bytes) {
    if (socket == null) {
      throw new IllegalStateException("Not connected");
    }
    socket.write(bytes);
  }

  @Override
  void replied(long id, boolean success, byte[] bytes, int from, int to) {
    if (id >= FIRST_ID) {
      refusals += success ? 0 : 1;
      updates.answered(this, success);
    } else if (success) {
      subscribed = true;
    } else {
      throw new IllegalStateException("Refused: " + text(bytes, from, to));
    }
  }

  @Override
  void happened(byte[] bytes, int from, int to) {
    if (Ascii.startsWith(bytes, from, to, CHANGED)) {
      int user = WatchGroups.find(bytes, from, to);
      int text = Ascii.after(bytes, user, to, TEXT);
      if (text >= 0) {
        long due = Ascii.hex(bytes, text, TIME_DIGITS);
        told[(int) Ascii.number(bytes, user, to) - groups.first(number)] = due;
        updates.told(due);
      }
    }
  }

  long lastSentAt() {
    return lastSentAt;
  }

  long lastDue() {
    return lastDue;
  }

  int sent() {
    return sent;
  }

  int refusals() {
    return refusals;
  }

  /** Whether it was told last what that other one has set last. */
  boolean knows(StatusSetter other) {
    return told[other.number - groups.first(number)] == other.lastDue;
  }
}
