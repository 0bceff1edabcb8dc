package org.carewire.loadtests;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The mode {@code presence}: users who set statuses, each of them watched by others. */
final class StatusUpdates {
  /**
   * Between two updates of a user. Watchers are told every 200 ms at most, and that is not what is
   * measured.
   */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int CONNECTING_AT_ONCE = 50;
  private static final int CONNECT_SECONDS = 60;
  private static final int DRAIN_SECONDS = 15;

  private final List<String> flags;
  private final Options options;
  private final WatchGroups groups;
  private final List<StatusSetter> setters = new ArrayList<>();

  /** Whose last update is answered, those first who have set theirs the longest ago. */
  private final ArrayDeque<StatusSetter> free = new ArrayDeque<>();

  private Window window = new Window(0, 0);
  private int inFlight;
  private long acknowledged;
  private long told;

  StatusUpdates(List<String> flags, Options options) {
    this.flags = flags;
    this.options = options;
    this.groups =
        WatchGroups.atMost(options.number("connections", 3_000), options.number("watched", 10));
  }

  /** Whether every watcher was told the last status of everyone. */
  boolean measure() throws IOException, InterruptedException {
    try (var bench = Bench.start(flags, options.number("nodes", 1));
        var loop = new ClientLoop()) {
      Progress.say("making %,d groups".formatted(groups.users() / groups.size()));
      new Api(bench.server().uri()).put(groups.puts());
      for (int i = 0; i < groups.users(); i++) {
        setters.add(new StatusSetter(this, i, groups));
      }
      free.addAll(setters);
      connect(bench, loop);
      return measure(bench, loop);
    }
  }

  private void connect(Bench bench, ClientLoop loop) {
    for (int i = 0; i < setters.size(); i += CONNECTING_AT_ONCE) {
      var next = setters.subList(i, Math.min(setters.size(), i + CONNECTING_AT_ONCE));
      for (int j = 0; j < next.size(); j++) {
        next.get(j).connect(loop, bench.serverOf(i + j).address());
      }
      if (!loop.turnUntil(
          () -> next.stream().allMatch(StatusSetter::isSubscribed), CONNECT_SECONDS)) {
        throw new IllegalStateException("Not all sessions could watch others");
      }
    }
    Progress.say("%,d sessions, all watching".formatted(setters.size()));
  }

  private boolean measure(Bench bench, ClientLoop loop) {
    int outstanding = options.number("outstanding", 100);
    int seconds = options.number("seconds", 20);
    int warmUp = options.number("warm-up", 15);
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "load",
            "updates acknowledged",
            "`presence:changed` delivered",
            "acknowledged after " + Latencies.HEADING,
            "told after " + Latencies.HEADING,
            "processor time",
            "messages between nodes an update"));
    List<Integer> rates = new ArrayList<>(options.numbers("rate"));
    if (outstanding > 0) {
      String load = outstanding + " under way";
      Progress.say("closed loop: " + load);
      run(bench, loop, outstanding, 0, warmUp, seconds);
      rows.add(window.row(load));
      warmUp = Math.min(3, warmUp);
      if (rates.isEmpty()) {
        rates.add((int) (window.completions() / seconds / 2));
      }
    }
    for (int rate : rates) {
      Progress.say("fixed rate: " + rate + "/s");
      run(bench, loop, setters.size(), rate, warmUp, seconds);
      rows.add(window.row(rate + "/s"));
      warmUp = Math.min(3, warmUp);
    }
    Progress.table(
        "Presence: %,d users who set statuses, each watched by %d others"
            .formatted(setters.size(), groups.watched()),
        bench.describe(),
        rows);
    return verdict();
  }

  /** So many a second, or without a rate whenever fewer than so many are under way. */
  private void run(
      Bench bench, ClientLoop loop, int outstanding, int rate, int warmUp, int seconds) {
    long begun = System.nanoTime();
    long from = begun + TimeUnit.SECONDS.toNanos(warmUp);
    window = new Window(from, from + TimeUnit.SECONDS.toNanos(seconds));
    long sent = 0;
    long progressAt = begun + PROGRESS_NANOS;
    long acknowledgedThen = acknowledged;
    long toldThen = told;
    for (long now = begun; !window.isOver(now); now = System.nanoTime()) {
      long due = rate == 0 ? now : begun + sent * 1_000_000_000L / rate;
      while (due <= now && inFlight < outstanding && mayOneSet(now)) {
        inFlight++;
        free.remove().set(now, due);
        sent++;
        due = rate == 0 ? now : begun + sent * 1_000_000_000L / rate;
      }
      if (window.hasBegun(now) && !window.isMeasured()) {
        window.begin(bench.cpu(), bench.busMessages());
      }
      if (now > progressAt) {
        Progress.say(
            "%s%s updates/s acknowledged, %s events/s, %,d under way%s"
                .formatted(
                    window.hasBegun(now) ? "" : "(warm-up) ",
                    perSecond(acknowledged - acknowledgedThen),
                    perSecond(told - toldThen),
                    inFlight,
                    inFlight < outstanding && !mayOneSet(now) ? ", TOO FEW USERS" : ""));
        progressAt = now + PROGRESS_NANOS;
        acknowledgedThen = acknowledged;
        toldThen = told;
      }
      loop.turn(due > now ? Math.min(due - now, TICK_NANOS) : TICK_NANOS);
    }
    window.end(bench.cpu(), bench.busMessages());
    loop.turnUntil(() -> inFlight == 0 && isAllKnown(), DRAIN_SECONDS);
  }

  private boolean mayOneSet(long now) {
    StatusSetter next = free.peek();
    return next != null && now - next.lastSentAt() >= PAUSE_NANOS;
  }

  private static String perSecond(long count) {
    return Progress.count(count / (PROGRESS_NANOS / 1e9));
  }

  void answered(StatusSetter setter, boolean success) {
    inFlight--;
    free.add(setter);
    if (success) {
      acknowledged++;
      long now = System.nanoTime();
      window.acknowledged(now, setter.lastDue());
      window.completed(now);
    }
  }

  void told(long due) {
    told++;
    window.delivered(System.nanoTime(), due);
  }

  private boolean isAllKnown() {
    return unknown() == 0;
  }

  /** Watches in which the last status of the watched user is lacking. */
  private long unknown() {
    long unknown = 0;
    for (int i = 0; i < setters.size(); i++) {
      int first = groups.first(i);
      for (int other = first; other < first + groups.size(); other++) {
        if (other != i && !setters.get(i).knows(setters.get(other))) {
          unknown++;
        }
      }
    }
    return unknown;
  }

  private boolean verdict() {
    long refused = setters.stream().mapToLong(StatusSetter::refusals).sum();
    long unknown = unknown();
    long events = acknowledged * groups.watched();
    System.out.printf(
        "%s: %,d updates acknowledged, refused %,d, unanswered %,d; of %,d events %,d were left out"
            + " for later ones of the same user%n",
        unknown == 0 ? "Every watcher was told the last status of everyone" : "NOT GOOD",
        acknowledged,
        refused,
        inFlight,
        events,
        events - told);
    if (unknown > 0) {
      System.out.printf("Watchers who were not told the last status: %,d%n", unknown);
    }
    return unknown == 0 && inFlight == 0;
  }
}
