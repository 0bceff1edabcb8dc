package org.carewire.loadtests;

import java.net.InetSocketAddress;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of the two of a pair, in one call after the other: sends its signals, each when the one
 * before is acknowledged, and sees what comes.
 */
abstract class CallSession extends ClientSession {
  /** To which the number of the signal is added; what is not about signals has smaller ids. */
  private static final int SIGNAL_ID = 100_000;

  private static final byte[] SIGNAL = Ascii.of("{\"event\":\"call:signal\"");
  private static final byte[] ENTRY = Ascii.of("{\"event\":\"message:new\"");
  private static final byte[] OFFSET = Ascii.of("\"offset\":");
  private static final byte[] CODE = Ascii.of("\"code\":\"");

  private final CallPair pair;
  private final int signals;
  private final SignalFrame description;
  private final SignalFrame candidate;
  private final Set<CallNews> expected;
  private final Set<CallNews> told = EnumSet.noneOf(CallNews.class);
  private final ReceivedSignals received;
  private @Nullable ClientSocket socket;
  private @Nullable CallName name;
  private @Nullable CallName nameBefore;
  private int call;
  private int sent;
  private int acknowledged;
  private int stray;
  private int records;
  private int recordsOutOfOrder;

  /**
   * Has sent nothing yet.
   *
   * @param description its first signal in each call
   * @param signals that each of the two sends in a call
   * @param expected what it is told of each call
   */
  CallSession(
      CallPair pair,
      String user,
      String role,
      String other,
      SignalFrame description,
      int signals,
      Set<CallNews> expected) {
    super(user, role, "device-" + user);
    this.pair = pair;
    this.signals = signals;
    this.description = description;
    this.candidate = SignalFrame.candidate(other);
    this.expected = expected;
    this.received = new ReceivedSignals(signals);
  }

  void connect(ClientLoop loop, InetSocketAddress server) {
    socket = loop.open(1, server, this);
  }

  @Override
  void greeted() {}

  @Override
  void caughtUp() {}

  /** There is another call, of which it knows nothing yet. */
  void begin(int nextCall) {
    call = nextCall;
    nameBefore = name;
    name = null;
    sent = 0;
    acknowledged = 0;
    told.clear();
    received.begin(nextCall);
  }

  /** The call in a request about it. */
  String name() {
    if (name == null) {
      throw new IllegalStateException("No call is known yet");
    }
    return name.toString();
  }

  /** The next one. */
  void signal() {
    if (name == null || sent == signals) {
      return;
    }
    SignalFrame frame = sent == 0 ? description : candidate;
    sent++;
    write(frame.filled(SIGNAL_ID + sent, name, call, sent, System.nanoTime()));
  }

  void request(int id, String event, String data) {
    write(
        Frames.masked(
            Frames.TEXT,
            Ascii.of("{\"id\":%d,\"event\":\"%s\",\"data\":%s}".formatted(id, event, data))));
  }

  private void write(byte[] frame) {
    if (socket == null) {
      throw new IllegalStateException("Not connected");
    }
    socket.write(frame);
  }

  @Override
  final void replied(long id, boolean success, byte[] bytes, int from, int to) {
    if (!success) {
      int code = Ascii.after(bytes, from, to, CODE);
      pair.refused(
          code < 0 ? text(bytes, from, to) : text(bytes, code, Ascii.quote(bytes, code, to)));
    } else if (id <= SIGNAL_ID) {
      answered(id, bytes, from, to);
    } else if (id == SIGNAL_ID + sent && acknowledged < sent) {
      acknowledged++;
      signal();
      pair.goOn();
    } else {
      stray++;
    }
  }

  /** A request that is no signal was successful. */
  abstract void answered(long id, byte[] bytes, int from, int to);

  @Override
  final void happened(byte[] bytes, int from, int to) {
    if (Ascii.startsWith(bytes, from, to, SIGNAL)) {
      int stamp = SignalStamp.find(bytes, from, to);
      received.came(SignalStamp.call(bytes, stamp), SignalStamp.number(bytes, stamp));
      pair.signalCame(SignalStamp.nanos(bytes, stamp));
      signalCame();
    } else if (CallNews.isAny(bytes, from, to)) {
      CallNews news = CallNews.of(bytes, from, to).filter(expected::contains).orElse(null);
      if (news != null && isOfCall(bytes, from, to) && told.add(news)) {
        told(news);
      } else {
        stray++;
      }
    } else if (Ascii.startsWith(bytes, from, to, ENTRY)) {
      long offset = Ascii.number(bytes, Ascii.after(bytes, from, to, OFFSET), to);
      records++;
      recordsOutOfOrder += offset == records ? 0 : 1;
    }
  }

  abstract void signalCame();

  abstract void told(CallNews news);

  /** The first frame that is not of the call before says which one this is. */
  boolean isOfCall(byte[] bytes, int from, int to) {
    int at = CallName.find(bytes, from, to);
    if (at < 0) {
      return false;
    }
    if (name == null && (nameBefore == null || !nameBefore.stands(bytes, at))) {
      name = CallName.read(bytes, at);
    }
    return name != null && name.stands(bytes, at);
  }

  boolean isTold(CallNews news) {
    return told.contains(news);
  }

  /** Whether all of its signals of this call are acknowledged. */
  boolean hasSentAll() {
    return acknowledged == signals;
  }

  int lackingSignals() {
    return received.lacking();
  }

  int lackingNews() {
    return expected.size() - told.size();
  }

  /** Call records that came. */
  int records() {
    return records;
  }

  /** What does not depend on the present call. */
  void addTo(CallVerdict verdict, int calls) {
    verdict.received(received);
    verdict.stray(stray);
    verdict.withoutRecord(Math.abs(calls - records) + recordsOutOfOrder);
  }
}
