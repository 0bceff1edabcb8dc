package org.carewire.loadtests;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Somebody who is in many visits and writes to them. What is not acknowledged is sent again, with
 * the same name, until it is.
 */
final class Desk extends ReturningSession {
  /** After that of hello. */
  private static final long FIRST_ID = 2;

  private static final byte[] OFFSET = Ascii.of("\"offset\":");

  private final String user;
  private final String text;
  private final List<Integer> visits = new ArrayList<>();
  private final Tops tops;
  private final Map<Long, Pending> pending = new LinkedHashMap<>();
  private final ArrayDeque<Long> refused = new ArrayDeque<>();
  private long sent;
  private int refusals;

  private static final class Pending {
    private final int visit;
    private final byte[] frame;

    Pending(int visit, byte[] frame) {
      this.visit = visit;
      this.frame = frame;
    }
  }

  /** How far the visits have come, by what was acknowledged. */
  interface Tops {
    void acknowledged(int visit, long offset);
  }

  Desk(Returns returns, int number, int node, String user, String text, Tops tops) {
    super(returns, number, node, user, "provider", null);
    this.user = user;
    this.text = text;
    this.tops = tops;
  }

  void add(int visit) {
    visits.add(visit);
  }

  /** To the next of its visits. */
  void send() {
    int visit = visits.get((int) (sent % visits.size()));
    long id = FIRST_ID + sent++;
    String data =
        "{\"roomId\":\"visit:v%d\",\"message\":\"%s\",\"clientMessageId\":\"%s-%d\"}"
            .formatted(visit, text, user, id);
    byte[] frame =
        Frames.masked(
            Frames.TEXT,
            Ascii.of("{\"id\":%d,\"event\":\"message:send\",\"data\":%s}".formatted(id, data)));
    pending.put(id, new Pending(visit, frame));
    if (isGreeted()) {
      write(frame);
    }
  }

  /** What was refused, a while ago. */
  void sendAgain() {
    for (Long id = refused.poll(); id != null; id = refused.poll()) {
      Pending message = pending.get(id);
      if (message != null && isGreeted()) {
        write(message.frame);
      }
    }
  }

  @Override
  void returned() {
    refused.clear();
    pending.values().forEach(message -> write(message.frame));
  }

  @Override
  void replied(long id, boolean success, byte[] bytes, int from, int to) {
    Pending message = pending.get(id);
    if (message == null) {
      return;
    }
    if (success) {
      pending.remove(id);
      tops.acknowledged(
          message.visit, Ascii.number(bytes, Ascii.after(bytes, from, to, OFFSET), to));
    } else {
      refusals++;
      refused.add(id);
    }
  }

  @Override
  void came(byte[] bytes, int from, int to) {}

  /** Messages without an acknowledgement yet. */
  int unanswered() {
    return pending.size();
  }

  int refusals() {
    return refusals;
  }
}
