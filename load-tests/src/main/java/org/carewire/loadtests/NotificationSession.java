package org.carewire.loadtests;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A session of a user who is notified: sees what comes, in which order and how often. */
final class NotificationSession extends ClientSession {
  /** Of {@link System#nanoTime}, in hexadecimal digits. */
  static final int STAMP_DIGITS = 16;

  private static final int SUBSCRIBE_ID = 2;
  private static final byte[] NEW = Ascii.of("{\"event\":\"notification:new\"");
  private static final byte[] COUNT = Ascii.of("{\"event\":\"notification:unreadCount\"");
  private static final byte[] OFFSET = Ascii.of("\"offset\":");
  private static final byte[] STAMP = Ascii.of("\"stamp\":\"");
  private static final byte[] UNREAD = Ascii.of("\"unreadCount\":");

  private final Receiver receiver;
  private final String user;
  private @Nullable ClientSocket socket;
  private boolean subscribed;
  private int expected;
  private int came;
  private int repeated;
  private int gaps;
  private long lastOffset;
  private long unread;

  /** Who is told what comes to any of the sessions. */
  interface Receiver {
    /**
     * A notification.
     *
     * @param postedAt of {@link System#nanoTime}
     */
    void notified(long postedAt);
  }

  NotificationSession(Receiver receiver, String user) {
    super(user, "patient", "device-" + user);
    this.receiver = receiver;
    this.user = user;
  }

  String user() {
    return user;
  }

  /** From the loopback address with that last byte. */
  void connect(ClientLoop loop, int host, InetSocketAddress server) {
    socket = loop.open(host, server, this);
  }

  void subscribe(String topic) {
    if (socket == null) {
      throw new IllegalStateException("Not connected");
    }
    socket.write(
        Frames.masked(
            Frames.TEXT,
            Ascii.of(
                "{\"id\":%d,\"event\":\"notification:subscribe\",\"data\":{\"topics\":[\"%s\"]}}"
                    .formatted(SUBSCRIBE_ID, topic))));
  }

  boolean isSubscribed() {
    return subscribed;
  }

  @Override
  void greeted() {}

  @Override
  void caughtUp() {}

  @Override
  void replied(long id, boolean success, byte[] bytes, int from, int to) {
    if (!success) {
      throw new IllegalStateException("Refused: " + text(bytes, from, to));
    }
    subscribed = true;
  }

  @Override
  void happened(byte[] bytes, int from, int to) {
    if (Ascii.startsWith(bytes, from, to, NEW)) {
      note(Ascii.number(bytes, Ascii.after(bytes, from, to, OFFSET), to));
      receiver.notified(Ascii.hex(bytes, Ascii.after(bytes, from, to, STAMP), STAMP_DIGITS));
    } else if (Ascii.startsWith(bytes, from, to, COUNT)) {
      unread = Ascii.number(bytes, Ascii.after(bytes, from, to, UNREAD), to);
    }
  }

  private void note(long offset) {
    came++;
    if (offset <= lastOffset) {
      repeated++;
    } else {
      gaps += offset == lastOffset + 1 ? 0 : 1;
      lastOffset = offset;
    }
  }

  /** One more is accepted for its user. */
  void expect() {
    expected++;
  }

  /** Whether it has all that was accepted, and was told the right count last. */
  boolean isSettled() {
    return came == expected && unread == expected;
  }

  void addTo(NotificationVerdict verdict) {
    verdict.add(expected, came, repeated, gaps, unread);
  }
}
