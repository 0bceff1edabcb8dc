package org.carewire.loadtests;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.carewire.testkit.Tokens;
import org.jspecify.annotations.Nullable;

/** A session of a user: says hello as soon as it can, then passes on what comes. */
abstract class ClientSession implements ClientSocket.Listener {
  private static final int HELLO_ID = 1;
  private static final byte[] REPLY = Ascii.of("{\"re\":");
  private static final byte[] REPLY_DATA = Ascii.of(",\"data\":");
  private static final byte[] SUCCESS = Ascii.of("{\"success\":true");
  private static final byte[] RESUMED = Ascii.of("\"resumed\":true");
  private static final byte[] CAUGHT_UP = Ascii.of("{\"event\":\"session:caughtUp\"");
  private static final Duration TOKEN_LIFE = Duration.ofHours(12);

  private final byte[] hello;
  private boolean greeted;
  private boolean caughtUp;
  private boolean resumed;

  /** Of a device, where one is named. */
  ClientSession(String user, String role, @Nullable String device) {
    String token = Tokens.of(user).role(role).expiresIn(TOKEN_LIFE).sign();
    this.hello =
        Frames.masked(
            Frames.TEXT,
            Ascii.of(
                "{\"id\":%d,\"event\":\"session:hello\",\"data\":{\"token\":\"%s\"%s}}"
                    .formatted(
                        HELLO_ID,
                        token,
                        device == null ? "" : ",\"deviceId\":\"" + device + "\"")));
  }

  /** Nothing has come yet: it is about to connect, again. */
  void renew() {
    greeted = false;
    caughtUp = false;
  }

  /** The reply to hello has come. */
  abstract void greeted();

  /** What the device had missed has come. */
  abstract void caughtUp();

  abstract void replied(long id, boolean success, byte[] bytes, int from, int to);

  abstract void happened(byte[] bytes, int from, int to);

  boolean isGreeted() {
    return greeted;
  }

  boolean isCaughtUp() {
    return caughtUp;
  }

  /** Whether the server knew, at the last hello, how the device was. */
  boolean isResumed() {
    return resumed;
  }

  @Override
  public final void opened(ClientSocket socket) {
    socket.write(hello);
  }

  @Override
  public final void received(ClientSocket socket, byte[] bytes, int from, int to) {
    if (Ascii.startsWith(bytes, from, to, REPLY)) {
      reply(bytes, from, to);
    } else if (!caughtUp && Ascii.startsWith(bytes, from, to, CAUGHT_UP)) {
      caughtUp = true;
      caughtUp();
    } else {
      happened(bytes, from, to);
    }
  }

  private void reply(byte[] bytes, int from, int to) {
    long id = Ascii.number(bytes, from + REPLY.length, to);
    int data = Ascii.after(bytes, from + REPLY.length, to, REPLY_DATA);
    boolean success = data >= 0 && Ascii.startsWith(bytes, data, to, SUCCESS);
    if (id != HELLO_ID) {
      replied(id, success, bytes, from, to);
    } else if (success) {
      greeted = true;
      resumed = Ascii.after(bytes, data, to, RESUMED) >= 0;
      greeted();
    } else {
      refused(text(bytes, from, to));
    }
  }

  /** Hello was. */
  void refused(String reply) {
    throw new IllegalStateException("Hello was refused: " + reply);
  }

  @Override
  public void ended(ClientSocket socket, String reason) {
    throw new IllegalStateException("A connection " + reason);
  }

  static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }
}
