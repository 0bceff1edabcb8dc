package org.carewire.loadtests;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Messages between the members of rooms, and what becomes of each. */
final class Traffic {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long RESUME_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int CONNECTING_AT_ONCE = 50;
  private static final int CONNECT_SECONDS = 60;
  private static final int CAUGHT_UP_SECONDS = 2;
  private static final int DRAIN_SECONDS = 15;

  private final Bench bench;
  private final ClientLoop loop;
  private final int receivers;
  private final int receiptsMillis;
  private final List<Member> members = new ArrayList<>();
  private final ArrayDeque<Member> refused = new ArrayDeque<>();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private Window window = new Window(0, 0);
  private @Nullable Profile profile;
  private boolean closedLoop;
  private long inFlight;
  private long completed;
  private long deliveries;
  private long now;

  /**
   * Nobody is in it yet.
   *
   * @param receivers of each message
   * @param receiptsMillis after which each member says how far it has received; 0 for never
   */
  Traffic(Bench bench, ClientLoop loop, int receivers, int receiptsMillis) {
    this.bench = bench;
    this.loop = loop;
    this.receivers = receivers;
    this.receiptsMillis = receiptsMillis;
  }

  void add(Member member) {
    members.add(member);
  }

  int size() {
    return members.size();
  }

  int receivers() {
    return receivers;
  }

  Member member(int number) {
    return members.get(number);
  }

  /** Of the server, during the next measurement. */
  void profile(Profile next) {
    profile = next;
  }

  void connect() {
    for (int i = 0; i < members.size(); i += CONNECTING_AT_ONCE) {
      List<Member> next = members.subList(i, Math.min(members.size(), i + CONNECTING_AT_ONCE));
      for (int j = 0; j < next.size(); j++) {
        next.get(j).connect(loop, bench.serverOf(i + j).address());
      }
      if (!loop.turnUntil(
          () -> next.stream().allMatch(ClientSession::isGreeted), CONNECT_SECONDS)) {
        throw new IllegalStateException("Not all sessions were greeted");
      }
    }
    boolean caughtUp =
        loop.turnUntil(
            () -> members.stream().allMatch(ClientSession::isCaughtUp), CAUGHT_UP_SECONDS);
    Progress.say(members.size() + " sessions" + (caughtUp ? ", all caught up" : ""));
  }

  /** Each of the first so many members always has so many messages under way. */
  Window closedLoop(int senders, int outstanding, int warmUp, int seconds) {
    window = window(warmUp, seconds);
    closedLoop = true;
    for (int i = 0; i < outstanding; i++) {
      members.subList(0, senders).forEach(this::send);
    }
    run(0, senders);
    return window;
  }

  /** So many messages a second, whatever becomes of them. */
  Window fixedRate(int senders, int rate, int warmUp, int seconds) {
    window = window(warmUp, seconds);
    closedLoop = false;
    run(rate, senders);
    return window;
  }

  private Window window(int warmUp, int seconds) {
    now = System.nanoTime();
    long from = now + TimeUnit.SECONDS.toNanos(warmUp);
    return new Window(from, from + TimeUnit.SECONDS.toNanos(seconds));
  }

  private void run(int rate, int senders) {
    long begun = now;
    long due = Long.MAX_VALUE;
    long sent = 0;
    long told = begun;
    long resumed = begun;
    long receipts = 0;
    Bench.Cpu cpu = bench.cpu();
    long completedThen = completed;
    long deliveriesThen = deliveries;
    while (!window.isOver(now)) {
      if (rate > 0) {
        while ((due = begun + sent * 1_000_000_000L / rate) <= now) {
          members.get((int) (sent++ % senders)).send(due);
          inFlight++;
        }
      }
      if (receiptsMillis > 0) {
        long wanted = (now - begun) / 1_000_000 * members.size() / receiptsMillis;
        for (; receipts < wanted; receipts++) {
          members.get((int) (receipts % members.size())).acknowledge();
        }
      }
      if (now - resumed > RESUME_NANOS) {
        resumed = now;
        resume();
      }
      if (window.hasBegun(now) && !window.isMeasured()) {
        begin();
      }
      if (now - told > PROGRESS_NANOS) {
        Bench.Cpu cpuNow = bench.cpu();
        double seconds = (now - told) / 1e9;
        Progress.say(
            "%s%s messages/s stored and delivered, %s deliveries/s, %,d under way; %s"
                .formatted(
                    window.hasBegun(now) ? "" : "(warm-up) ",
                    Progress.count((completed - completedThen) / seconds),
                    Progress.count((deliveries - deliveriesThen) / seconds),
                    inFlight,
                    cpuNow.since(cpu)));
        told = now;
        cpu = cpuNow;
        completedThen = completed;
        deliveriesThen = deliveries;
      }
      turn(Math.min(due - now, TICK_NANOS));
    }
    end();
  }

  private void turn(long nanos) {
    loop.turn(nanos);
    now = System.nanoTime();
  }

  private void begin() {
    if (profile != null) {
      // It takes a moment, which must not be the client's.
      Thread.ofPlatform().start(profile::start);
    }
    window.begin(bench.cpu(), bench.busMessages());
  }

  private void end() {
    window.end(bench.cpu(), bench.busMessages());
    closedLoop = false;
    refused.clear();
    long deadline = now + TimeUnit.SECONDS.toNanos(DRAIN_SECONDS);
    while (inFlight > 0 && now < deadline) {
      turn(TICK_NANOS);
    }
    if (profile != null) {
      profile.stop();
      profile = null;
    }
  }

  private void send(Member member) {
    member.send(now);
    inFlight++;
  }

  private void resume() {
    for (int i = refused.size(); i > 0; i--) {
      send(refused.remove());
    }
  }

  void acknowledged(long sentAt) {
    window.acknowledged(arrival(), sentAt);
  }

  void delivered(long sentAt) {
    deliveries++;
    window.delivered(arrival(), sentAt);
  }

  /** Now, asked for each: a turn may bring thousands. */
  private long arrival() {
    now = System.nanoTime();
    return now;
  }

  void completed(Member sender) {
    inFlight--;
    completed++;
    window.completed(now);
    if (closedLoop) {
      send(sender);
    }
  }

  void refused(Member sender, String code) {
    inFlight--;
    refusals.merge(code, 1, Integer::sum);
    if (closedLoop) {
      refused.add(sender);
    }
  }

  /** Of all there was. */
  Verdict verdict() {
    var verdict = new Verdict();
    members.forEach(member -> member.addTo(verdict));
    if (!refusals.isEmpty()) {
      Progress.say("refusals: " + refusals);
    }
    return verdict;
  }
}
