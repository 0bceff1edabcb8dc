package org.carewire.loadtests;

/**
 * A member of a visit who listens, on a device: sees that nothing is left out, and acknowledges.
 */
final class Device extends ReturningSession {
  private static final byte[] NEW = Ascii.of("{\"event\":\"message:new\"");
  private static final byte[] RESET = Ascii.of("{\"event\":\"session:reset\"");
  private static final byte[] OFFSET = Ascii.of("\"offset\":");

  private final String room;

  /** Everything up to it has come. */
  private long have;

  /** The highest of this connection. */
  private long highest;

  private int outOfOrder;

  Device(Returns returns, int number, int node, String user, String role, String room) {
    super(returns, number, node, user, role, "device-" + user);
    this.room = room;
  }

  @Override
  void connect() {
    begin();
    super.connect();
  }

  /** What comes from now on is of a new connection. */
  void begin() {
    highest = 0;
  }

  @Override
  void returned() {}

  @Override
  void replied(long id, boolean success, byte[] bytes, int from, int to) {}

  @Override
  void came(byte[] bytes, int from, int to) {
    if (Ascii.startsWith(bytes, from, to, RESET)) {
      outOfOrder++;
    } else if (Ascii.startsWith(bytes, from, to, NEW)) {
      note(Ascii.number(bytes, Ascii.after(bytes, from, to, OFFSET), to));
    }
  }

  /** What it has not acknowledged may come again, but not within one connection. */
  private void note(long offset) {
    if (offset <= highest || offset > have + 1) {
      outOfOrder++;
    }
    highest = Math.max(highest, offset);
    if (offset == have + 1) {
      have = offset;
      acknowledge();
    }
  }

  private void acknowledge() {
    String data = "{\"roomId\":\"%s\",\"offset\":%d}".formatted(room, have);
    write(
        Frames.masked(
            Frames.TEXT, Ascii.of("{\"event\":\"message:received\",\"data\":" + data + "}")));
  }

  long have() {
    return have;
  }

  /** Gaps, repeats within a connection, and resets. */
  int outOfOrder() {
    return outOfOrder;
  }
}
