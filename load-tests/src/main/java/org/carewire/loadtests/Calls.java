package org.carewire.loadtests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The mode {@code calls}: pairs of users who call each other, exchange signals and hang up. Where
 * there are several nodes the two of a pair are on different ones.
 */
final class Calls {
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int CONNECTING_AT_ONCE = 25;
  private static final int CONNECT_SECONDS = 60;
  private static final int DRAIN_SECONDS = 15;

  private final List<String> flags;
  private final Options options;
  private final int signals;
  private final List<CallPair> pairs = new ArrayList<>();

  /** Whose last call is over, those first for whom that is so the longest. */
  private final ArrayDeque<CallPair> free = new ArrayDeque<>();

  private final CallVerdict verdict = new CallVerdict();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private Window window = new Window(0, 0);
  private @Nullable Profile profile;
  private int inFlight;
  private long setUps;
  private long signalsCame;

  Calls(List<String> flags, Options options) {
    this.flags = flags;
    this.options = options;
    this.signals = options.number("signals", 10);
  }

  /** Whether all calls had all that belongs to them. */
  boolean measure() throws IOException, InterruptedException {
    try (var bench = Bench.start(flags, options.number("nodes", 1));
        var loop = new ClientLoop()) {
      for (int i = 0; i < options.number("pairs", 200); i++) {
        pairs.add(new CallPair(this, i, signals));
      }
      free.addAll(pairs);
      new Api(bench.server().uri()).put(pairs.stream().map(CallPair::visit).toList());
      connect(bench, loop);
      return measure(bench, loop);
    }
  }

  private void connect(Bench bench, ClientLoop loop) {
    for (int i = 0; i < pairs.size(); i += CONNECTING_AT_ONCE) {
      var next = pairs.subList(i, Math.min(pairs.size(), i + CONNECTING_AT_ONCE));
      for (int j = 0; j < next.size(); j++) {
        int session = 2 * (i + j);
        next.get(j).caller().connect(loop, bench.serverOf(session).address());
        next.get(j).callee().connect(loop, bench.serverOf(session + 1).address());
      }
      if (!loop.turnUntil(() -> next.stream().allMatch(CallPair::isGreeted), CONNECT_SECONDS)) {
        throw new IllegalStateException("Not all sessions were greeted");
      }
    }
    Progress.say("%,d sessions".formatted(2 * pairs.size()));
  }

  private boolean measure(Bench bench, ClientLoop loop) {
    int seconds = options.number("seconds", 20);
    int warmUp = options.number("warm-up", 15);
    int outstanding = Math.min(pairs.size(), options.number("outstanding", pairs.size()));
    profile = profile(bench);
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "load",
            "calls set up",
            "signals delivered",
            "set up after " + Latencies.HEADING,
            "signal delivered after " + Latencies.HEADING,
            "processor time",
            "messages between nodes a call",
            "transactions a call"));
    List<Integer> rates = new ArrayList<>(options.numbers("rate"));
    if (outstanding > 0) {
      String load = outstanding + " under way";
      Progress.say("closed loop: " + load);
      rows.add(run(bench, loop, load, outstanding, 0, warmUp, seconds));
      warmUp = Math.min(3, warmUp);
      if (rates.isEmpty()) {
        rates.add((int) Math.max(1, window.completions() / seconds / 2));
      }
    }
    for (int rate : rates) {
      Progress.say("fixed rate: " + rate + "/s");
      rows.add(run(bench, loop, rate + "/s", pairs.size(), rate, warmUp, seconds));
      warmUp = Math.min(3, warmUp);
    }
    Progress.table(
        "Calls: %d pairs, %d signals each way in a call".formatted(pairs.size(), signals),
        bench.describe(),
        rows);
    if (!refusals.isEmpty()) {
      Progress.say("refusals, each of which has ended the calls of its pair: " + refusals);
    }
    pairs.forEach(pair -> pair.addTo(verdict));
    System.out.println(verdict);
    return verdict.isGood();
  }

  private @Nullable Profile profile(Bench bench) {
    String file = options.text("profile");
    return file == null
        ? null
        : new Profile(bench.server().pid(), options.text("profile-event", "cpu"), Path.of(file));
  }

  /** So many a second, or without a rate whenever fewer than so many are under way. */
  private List<String> run(
      Bench bench,
      ClientLoop loop,
      String load,
      int outstanding,
      int rate,
      int warmUp,
      int seconds) {
    long begun = System.nanoTime();
    long from = begun + TimeUnit.SECONDS.toNanos(warmUp);
    window = new Window(from, from + TimeUnit.SECONDS.toNanos(seconds));
    CompletableFuture<Long> transactions = CompletableFuture.completedFuture(0L);
    long initiated = 0;
    long progressAt = begun + PROGRESS_NANOS;
    long setUpsThen = setUps;
    long signalsThen = signalsCame;
    for (long now = begun; !window.isOver(now); now = System.nanoTime()) {
      long due = rate == 0 ? now : begun + initiated * 1_000_000_000L / rate;
      while (due <= now && inFlight < outstanding && !free.isEmpty()) {
        inFlight++;
        free.remove().initiate(due);
        initiated++;
        due = rate == 0 ? now : begun + initiated * 1_000_000_000L / rate;
      }
      if (window.hasBegun(now) && !window.isMeasured()) {
        window.begin(bench.cpu(), bench.busMessages());
        transactions = bench.transactions();
        startProfile();
      }
      if (now > progressAt) {
        Progress.say(
            "%s%s calls/s set up, %s signals/s, %,d under way%s"
                .formatted(
                    window.hasBegun(now) ? "" : "(warm-up) ",
                    perSecond(setUps - setUpsThen),
                    perSecond(signalsCame - signalsThen),
                    inFlight,
                    rate > 0 && due <= now ? ", TOO FEW PAIRS" : ""));
        progressAt = now + PROGRESS_NANOS;
        setUpsThen = setUps;
        signalsThen = signalsCame;
      }
      loop.turn(due > now ? Math.min(due - now, TICK_NANOS) : TICK_NANOS);
    }
    window.end(bench.cpu(), bench.busMessages());
    var row = new ArrayList<>(window.row(load));
    row.add(transactionsSince(transactions.join(), bench.transactions().join()));
    stopProfile();
    loop.turnUntil(
        () -> inFlight == 0 && pairs.stream().allMatch(CallPair::hasRecords), DRAIN_SECONDS);
    return row;
  }

  private String transactionsSince(long before, long now) {
    return "%.1f".formatted((double) (now - before) / Math.max(1, window.completions()));
  }

  private void startProfile() {
    if (profile != null) {
      // It takes a moment, which must not be the client's.
      Thread.ofPlatform().start(profile::start);
    }
  }

  private void stopProfile() {
    if (profile != null) {
      profile.stop();
      profile = null;
    }
  }

  private static String perSecond(long count) {
    return Progress.count(count / (PROGRESS_NANOS / 1e9));
  }

  void setUp(long due) {
    setUps++;
    long now = System.nanoTime();
    window.acknowledged(now, due);
    window.completed(now);
  }

  void signalCame(long sentAt) {
    signalsCame++;
    window.delivered(System.nanoTime(), sentAt);
  }

  void ended(CallPair pair, int lackingSignals, int lackingNews) {
    inFlight--;
    free.add(pair);
    verdict.ended(lackingSignals, lackingNews);
  }

  void refused(String code) {
    inFlight--;
    refusals.merge(code, 1, Integer::sum);
  }

  /** Of the calls that are over. */
  CallVerdict verdict() {
    return verdict;
  }
}
