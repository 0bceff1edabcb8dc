package org.carewire.loadtests;

import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A session in one room: sends to it, and sees that it gets all of it, in order and once. */
final class Member extends ClientSession {
  /** All ids of requests have as many digits. */
  private static final int FIRST_ID = 100_000_000;

  private static final int ID_DIGITS = 9;
  private static final byte[] NEW = Ascii.of("{\"event\":\"message:new\"");
  private static final byte[] SENT = Ascii.of("{\"event\":\"message:sent\"");
  private static final byte[] OFFSET = Ascii.of("\"offset\":");
  private static final byte[] CODE = Ascii.of("\"code\":\"");

  /** Beside the number of deliveries. */
  private static final int ACKNOWLEDGED = 1 << 30;

  private static final int REFUSED = 1 << 29;
  private static final int DELIVERIES = REFUSED - 1;

  private final Traffic traffic;
  private final int number;
  private final String room;
  private final byte[] frame;
  private final int idAt;
  private final int stampAt;
  private @Nullable ClientSocket socket;
  private int[] fates = new int[1024];
  private int sent;
  private long lastOffset;
  private long receivedOffset;
  private int repeated;
  private int gaps;

  /**
   * A member of a new room.
   *
   * @param number among all members of the traffic
   * @param text of its messages
   */
  Member(Traffic traffic, int number, String user, String role, String room, String text) {
    super(user, role, "device-" + user);
    this.traffic = traffic;
    this.number = number;
    this.room = room;
    String stamp = "s".repeat(Stamp.LENGTH);
    String request =
        "{\"id\":%d,\"event\":\"message:send\",\"data\":{\"roomId\":\"%s\",\"message\":\"%s\",\"clientMessageId\":\"%s\"}}"
            .formatted(FIRST_ID, room, text, stamp);
    this.frame = Frames.masked(Frames.TEXT, Ascii.of(request));
    int payload = Frames.payloadOffset(request.length());
    this.idAt = payload + request.indexOf(':') + 1;
    this.stampAt = payload + request.lastIndexOf(stamp);
  }

  void connect(ClientLoop loop, InetSocketAddress server) {
    socket = loop.open(1, server, this);
  }

  @Override
  void greeted() {}

  @Override
  void caughtUp() {}

  /**
   * Sends one more message.
   *
   * @param intended when it should have gone
   */
  void send(long intended) {
    if (sent == fates.length) {
      fates = Arrays.copyOf(fates, 2 * sent);
    }
    Ascii.putNumber(frame, idAt, ID_DIGITS, FIRST_ID + (long) sent);
    Stamp.write(frame, stampAt, number, sent, intended);
    sent++;
    write(frame);
  }

  /** Says how far it has received, if that is further than it said before. */
  void acknowledge() {
    if (lastOffset > receivedOffset) {
      receivedOffset = lastOffset;
      String data = "{\"roomId\":\"%s\",\"offset\":%d}".formatted(room, lastOffset);
      write(
          Frames.masked(
              Frames.TEXT, Ascii.of("{\"event\":\"message:received\",\"data\":" + data + "}")));
    }
  }

  private void write(byte[] bytes) {
    if (socket == null) {
      throw new IllegalStateException("Not connected");
    }
    socket.write(bytes);
  }

  @Override
  void replied(long id, boolean success, byte[] bytes, int from, int to) {
    int message = (int) (id - FIRST_ID);
    if (success) {
      fates[message] |= ACKNOWLEDGED;
      traffic.acknowledged(Stamp.nanos(bytes, Stamp.find(bytes, from, to)));
      ifComplete(message);
    } else {
      fates[message] |= REFUSED;
      int code = Ascii.after(bytes, from, to, CODE);
      traffic.refused(
          this, code < 0 ? text(bytes, from, to) : text(bytes, code, Ascii.quote(bytes, code, to)));
    }
  }

  @Override
  void happened(byte[] bytes, int from, int to) {
    boolean isNew = Ascii.startsWith(bytes, from, to, NEW);
    if (!isNew && !Ascii.startsWith(bytes, from, to, SENT)) {
      return;
    }
    note(Ascii.number(bytes, Ascii.after(bytes, from, to, OFFSET), to));
    if (isNew) {
      int stamp = Stamp.find(bytes, from, to);
      traffic.delivered(Stamp.nanos(bytes, stamp));
      traffic.member(Stamp.session(bytes, stamp)).wasDelivered(Stamp.number(bytes, stamp));
    }
  }

  private void note(long offset) {
    if (offset <= lastOffset) {
      repeated++;
      return;
    }
    if (offset != lastOffset + 1) {
      gaps++;
    }
    lastOffset = offset;
  }

  private void wasDelivered(int message) {
    fates[message]++;
    ifComplete(message);
  }

  private void ifComplete(int message) {
    if (fates[message] == (ACKNOWLEDGED | traffic.receivers())) {
      traffic.completed(this);
    }
  }

  void addTo(Verdict verdict) {
    for (int i = 0; i < sent; i++) {
      int deliveries = fates[i] & DELIVERIES;
      boolean acknowledged = (fates[i] & ACKNOWLEDGED) != 0;
      verdict.add(acknowledged, (fates[i] & REFUSED) != 0, deliveries, traffic.receivers());
    }
    verdict.add(gaps, repeated);
  }
}
