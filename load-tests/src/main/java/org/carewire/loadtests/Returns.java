package org.carewire.loadtests;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Sessions that are away, when they try to come back, and how long it has taken. */
final class Returns {
  private final ClientLoop loop;
  private final List<Server> servers;
  private final Random random = new Random(1);
  private final PriorityQueue<Due> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Due::nanos));
  private Times times = new Times();
  private int away;

  private record Due(long nanos, ReturningSession session) {}

  /** Of the sessions that came back since {@link Returns#begin}. */
  static final class Times {
    private final Latencies connected = new Latencies();
    private final Latencies caughtUp = new Latencies();
    private int returned;
    private int lost;
    private long lastConnected;
    private long lastCaughtUp;

    /** That were lost. */
    int lost() {
      return lost;
    }

    int returned() {
      return returned;
    }

    /** In {@link System#nanoTime}; 0 where none was. */
    long lastConnected() {
      return lastConnected;
    }

    long lastCaughtUp() {
      return lastCaughtUp;
    }

    Latencies connected() {
      return connected;
    }

    Latencies caughtUp() {
      return caughtUp;
    }
  }

  Returns(ClientLoop loop, List<Server> servers) {
    this.loop = loop;
    this.servers = servers;
  }

  /** From now on it is counted anew. */
  Times begin() {
    times = new Times();
    return times;
  }

  int away() {
    return away;
  }

  ClientSocket open(int host, int node, ReturningSession session) {
    return loop.open(host, servers.get(node).address(), session);
  }

  int nodeAfter(int node) {
    // Either of the others, as behind a balancer.
    return (node + 1 + random.nextInt(servers.size() - 1)) % servers.size();
  }

  long randomMillis(long limit) {
    return random.nextLong(limit);
  }

  void connect(ReturningSession session, long nanos) {
    waiting.add(new Due(nanos, session));
  }

  void lost() {
    away++;
    times.lost++;
  }

  void connected(long lostAt) {
    times.lastConnected = System.nanoTime();
    times.connected.add(times.lastConnected - lostAt);
  }

  void caughtUp(long lostAt) {
    away--;
    times.returned++;
    times.lastCaughtUp = System.nanoTime();
    times.caughtUp.add(times.lastCaughtUp - lostAt);
  }

  /** Lets those connect whose time has come. */
  void turn(long now) {
    var due = new ArrayList<ReturningSession>();
    for (@Nullable Due next = waiting.peek();
        next != null && next.nanos <= now;
        next = waiting.peek()) {
      waiting.remove();
      due.add(next.session);
    }
    due.forEach(ReturningSession::connect);
  }
}
