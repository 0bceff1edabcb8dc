package org.carewire.loadtests;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A session that comes back when it is lost, as a good client does: to another node, after the time
 * that the server has asked for or a random one of up to a second, and then after longer and longer
 * ones.
 */
abstract class ReturningSession extends ClientSession {
  /** Ports of one loopback address are enough for so many, even if all are in TIME_WAIT. */
  private static final int PER_ADDRESS = 2_000;

  private static final byte[] SHUTDOWN = Ascii.of("{\"event\":\"server:shutdown\"");
  private static final byte[] RECONNECT_AFTER = Ascii.of("\"reconnectAfterMs\":");
  private static final int MAX_DOUBLINGS = 3;
  private static final long NONE = -1;

  private final Returns returns;
  private final int number;
  private final boolean isOfDevice;
  private int node;
  private @Nullable ClientSocket socket;
  private long lostAt = NONE;
  private long askedToWaitMillis = NONE;
  private int failures;
  private boolean connecting;

  /**
   * Not connected yet.
   *
   * @param number among all sessions
   * @param node that it connects to first
   */
  ReturningSession(
      Returns returns, int number, int node, String user, String role, @Nullable String device) {
    super(user, role, device);
    this.returns = returns;
    this.number = number;
    this.node = node;
    this.isOfDevice = device != null;
  }

  void connect() {
    renew();
    askedToWaitMillis = NONE;
    connecting = true;
    ClientSocket opened = returns.open(1 + number / PER_ADDRESS, node, this);
    // A node that is not there may have refused already.
    socket = connecting ? opened : null;
  }

  /** Leaves its node, and comes back to that one. */
  void move(int other) {
    if (socket != null) {
      socket.close();
    }
    node = other;
    connect();
  }

  /** It is connected, and has what it had missed. */
  abstract void returned();

  /** What has come, but for what the end of a node brings. */
  abstract void came(byte[] bytes, int from, int to);

  boolean isBack() {
    return isOfDevice ? isCaughtUp() : isGreeted();
  }

  /** To the server, if there is one. */
  void write(byte[] frame) {
    if (socket != null) {
      socket.write(frame);
    }
  }

  @Override
  void greeted() {
    if (lostAt != NONE) {
      returns.connected(lostAt);
    }
    if (!isOfDevice) {
      back();
    }
  }

  @Override
  void caughtUp() {
    back();
  }

  private void back() {
    if (lostAt != NONE) {
      returns.caughtUp(lostAt);
    }
    lostAt = NONE;
    failures = 0;
    returned();
  }

  @Override
  final void happened(byte[] bytes, int from, int to) {
    if (Ascii.startsWith(bytes, from, to, SHUTDOWN)) {
      int after = Ascii.after(bytes, from, to, RECONNECT_AFTER);
      askedToWaitMillis = after < 0 ? NONE : Ascii.number(bytes, after, to);
    } else {
      came(bytes, from, to);
    }
  }

  @Override
  void refused(String reply) {
    if (socket != null) {
      socket.close();
    }
    lost();
  }

  @Override
  public void ended(ClientSocket ended, String reason) {
    lost();
  }

  private void lost() {
    connecting = false;
    socket = null;
    renew();
    long now = System.nanoTime();
    if (lostAt == NONE) {
      lostAt = now;
      returns.lost();
    }
    node = returns.nodeAfter(node);
    returns.connect(this, now + TimeUnit.MILLISECONDS.toNanos(waitMillis()));
    failures++;
  }

  private long waitMillis() {
    if (askedToWaitMillis != NONE) {
      return askedToWaitMillis;
    }
    return returns.randomMillis(1_000L << Math.min(failures, MAX_DOUBLINGS));
  }
}
