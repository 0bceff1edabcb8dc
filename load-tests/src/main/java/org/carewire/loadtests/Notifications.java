package org.carewire.loadtests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The mode {@code notifications}: connected users who are notified, many at once, by a topic, and
 * one by one; then an inbox that has grown large.
 */
final class Notifications {
  /** As many as a request may name. */
  private static final int USERS_A_POST = 1_000;

  /** Who are notified one by one. */
  private static final int SINGLE_USERS = 1_000;

  /** Requests with many users that are under way at once. */
  private static final int POSTS_AT_ONCE = 4;

  private static final String TOPIC = "load";

  /** Ports of one loopback address are enough for so many. */
  private static final int PER_ADDRESS = 2_000;

  private static final int CONNECTING_AT_ONCE = 100;
  private static final int STEP_SECONDS = 60;
  private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final List<String> PARTS = List.of("many", "topic", "single", "inbox");

  private final List<String> flags;
  private final Options options;
  private final List<NotificationSession> sessions = new ArrayList<>();
  private final NotificationVerdict verdict = new NotificationVerdict();
  private final ClientLoop loop = new ClientLoop();
  private Latencies delivered = new Latencies();
  private Latencies acknowledged = new Latencies();
  private Window window = new Window(0, 0);
  private long accepted;
  private long came;
  private long lastCameAt;

  /** One post to everybody, or as many as that takes. */
  private interface Wave {
    void post(NotificationPosts posts);
  }

  Notifications(List<String> flags, Options options) {
    this.flags = flags;
    this.options = options;
    for (int i = 0; i < options.number("connections", 10_000); i++) {
      sessions.add(new NotificationSession(this::notified, "user-" + i));
    }
  }

  /** Whether everybody got everything exactly once, and was told the right count. */
  boolean measure() throws IOException, InterruptedException {
    try (var bench = Bench.start(flags, options.number("nodes", 1));
        loop) {
      connect(bench);
      var posts =
          new NotificationPosts(
              new Api(bench.server().uri()), loop, "x".repeat(options.number("text", 100)));
      if (isAsked("many") || isAsked("topic")) {
        waves(bench, posts);
      }
      if (isAsked("single")) {
        singles(bench, posts);
      }
      turnUntil(posts, () -> sessions.stream().allMatch(NotificationSession::isSettled));
      sessions.forEach(session -> session.addTo(verdict));
      System.out.println(verdict);
      if (isAsked("inbox")) {
        new LargeInbox(bench, loop).measure();
      }
      return verdict.isGood();
    }
  }

  /** All are, where none is named. */
  private boolean isAsked(String part) {
    return options.has(part) || PARTS.stream().noneMatch(options::has);
  }

  private void connect(Bench bench) {
    for (int i = 0; i < sessions.size(); i += CONNECTING_AT_ONCE) {
      var next = sessions.subList(i, Math.min(sessions.size(), i + CONNECTING_AT_ONCE));
      for (int j = 0; j < next.size(); j++) {
        int number = i + j;
        next.get(j).connect(loop, 1 + number / PER_ADDRESS, bench.serverOf(number).address());
      }
      require(
          loop.turnUntil(
              () -> next.stream().allMatch(NotificationSession::isCaughtUp), STEP_SECONDS));
    }
    Progress.say("%,d sessions".formatted(sessions.size()));
  }

  private static void require(boolean done) {
    if (!done) {
      throw new IllegalStateException("Not all sessions could do it in time");
    }
  }

  private void turnUntil(NotificationPosts posts, BooleanSupplier done) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STEP_SECONDS);
    posts.turn();
    while (!done.getAsBoolean() && System.nanoTime() < deadline) {
      loop.turn(TURN_NANOS);
      posts.turn();
    }
  }

  private void notified(long postedAt) {
    lastCameAt = System.nanoTime();
    came++;
    delivered.add(lastCameAt - postedAt);
    window.delivered(lastCameAt, postedAt);
  }

  private void waves(Bench bench, NotificationPosts posts) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "load",
            "users notified",
            "the last one has it after: median / longest",
            "acknowledged after " + Latencies.HEADING,
            "received after " + Latencies.HEADING,
            "processor time",
            "transactions a thousand users"));
    if (isAsked("many")) {
      String load = "posts to %,d users each, %d under way".formatted(USERS_A_POST, POSTS_AT_ONCE);
      rows.add(row(bench, posts, "the first notification, " + load, 1, this::toUsers));
      warmUp(posts, this::toUsers);
      @Nullable Profile profile = startProfile(bench);
      rows.add(row(bench, posts, load, options.number("waves", 10), this::toUsers));
      stop(profile);
    }
    if (isAsked("topic")) {
      for (int i = 0; i < sessions.size(); i += CONNECTING_AT_ONCE) {
        var next = sessions.subList(i, Math.min(sessions.size(), i + CONNECTING_AT_ONCE));
        next.forEach(session -> session.subscribe(TOPIC));
        require(
            loop.turnUntil(
                () -> next.stream().allMatch(NotificationSession::isSubscribed), STEP_SECONDS));
      }
      warmUp(posts, this::toTopic);
      rows.add(
          row(bench, posts, "one post to a topic", options.number("waves", 10), this::toTopic));
    }
    Progress.table(
        "Notifications: %,d users, each with a session".formatted(sessions.size()),
        bench.describe(),
        rows);
  }

  private void warmUp(NotificationPosts posts, Wave wave) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.number("warm-up", 15));
    while (System.nanoTime() < end) {
      wave(posts, wave);
    }
  }

  /** Waves one after the other, each when everybody has the one before. */
  private List<String> row(
      Bench bench, NotificationPosts posts, String load, int waves, Wave wave) {
    delivered = new Latencies();
    acknowledged = new Latencies();
    var took = new ArrayList<Long>();
    long transactions = bench.transactions().join();
    Bench.Cpu before = bench.cpu();
    for (int i = 0; i < waves; i++) {
      took.add(wave(posts, wave));
    }
    String cpu = bench.cpu().secondsSince(before);
    long nanos = took.stream().mapToLong(Long::longValue).sum();
    took.sort(null);
    double users = (double) waves * sessions.size();
    return List.of(
        load,
        Progress.count(users * 1e9 / nanos) + "/s",
        "%.0f / %.0f ms".formatted(took.get(waves / 2) / 1e6, took.getLast() / 1e6),
        acknowledged.cell(),
        delivered.cell(),
        cpu,
        "%.1f".formatted((bench.transactions().join() - transactions) * 1_000 / users));
  }

  /** Answers after how many nanoseconds the last one had it. */
  private long wave(NotificationPosts posts, Wave wave) {
    long begun = System.nanoTime();
    wave.post(posts);
    turnUntil(posts, () -> posts.underWay() == 0 && came == accepted);
    if (came != accepted) {
      throw new IllegalStateException("Of %,d notifications %,d came".formatted(accepted, came));
    }
    long nanos = lastCameAt - begun;
    Progress.say("everybody after %.0f ms".formatted(nanos / 1e6));
    return nanos;
  }

  private void toUsers(NotificationPosts posts) {
    for (int i = 0; i < sessions.size(); i += USERS_A_POST) {
      turnUntil(posts, () -> posts.underWay() < POSTS_AT_ONCE);
      post(posts, sessions.subList(i, Math.min(sessions.size(), i + USERS_A_POST)));
    }
  }

  private void post(NotificationPosts posts, List<NotificationSession> users) {
    long due = System.nanoTime();
    posts.toUsers(users, due, success -> answered(users, due, success));
  }

  private void toTopic(NotificationPosts posts) {
    long due = System.nanoTime();
    posts.toTopic(TOPIC, due, success -> answered(sessions, due, success));
  }

  private void answered(List<NotificationSession> users, long due, boolean success) {
    long now = System.nanoTime();
    acknowledged.add(now - due);
    window.acknowledged(now, due);
    window.completed(now);
    if (success) {
      accepted += users.size();
      users.forEach(NotificationSession::expect);
    } else {
      verdict.refused();
    }
  }

  private void singles(Bench bench, NotificationPosts posts) {
    int seconds = options.number("seconds", 20);
    int warmUp = options.number("warm-up", 15);
    int outstanding = options.number("outstanding", 32);
    var rates = new ArrayList<Integer>(options.numbers("rate"));
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "load",
            "posts accepted",
            "received",
            "acknowledged after " + Latencies.HEADING,
            "received after " + Latencies.HEADING,
            "processor time",
            "messages between nodes a post",
            "transactions a post"));
    if (outstanding > 0) {
      @Nullable Profile profile = isAsked("many") ? null : startProfile(bench);
      rows.add(singles(bench, posts, outstanding, 0, warmUp, seconds));
      stop(profile);
      if (rates.isEmpty()) {
        rates.add((int) Math.max(1, window.completions() / seconds / 2));
      }
      warmUp = Math.min(3, warmUp);
    }
    for (int rate : rates) {
      rows.add(singles(bench, posts, Integer.MAX_VALUE, rate, warmUp, seconds));
    }
    Progress.table(
        "Notifications, one user a post: %,d of %,d users"
            .formatted(Math.min(SINGLE_USERS, sessions.size()), sessions.size()),
        bench.describe(),
        rows);
  }

  /** So many a second, or without a rate whenever fewer than so many are under way. */
  private List<String> singles(
      Bench bench, NotificationPosts posts, int outstanding, int rate, int warmUp, int seconds) {
    String load = rate == 0 ? outstanding + " under way" : rate + "/s";
    Progress.say(load);
    long begun = System.nanoTime();
    long from = begun + TimeUnit.SECONDS.toNanos(warmUp);
    window = new Window(from, from + TimeUnit.SECONDS.toNanos(seconds));
    CompletableFuture<Long> transactions = CompletableFuture.completedFuture(0L);
    int users = Math.min(SINGLE_USERS, sessions.size());
    long sent = 0;
    for (long now = begun; !window.isOver(now); now = System.nanoTime()) {
      long due = rate == 0 ? now : begun + sent * 1_000_000_000L / rate;
      while (due <= now && posts.underWay() < outstanding) {
        NotificationSession user = sessions.get((int) (sent++ % users));
        long at = due;
        posts.toUsers(List.of(user), at, success -> answered(List.of(user), at, success));
        due = rate == 0 ? now : begun + sent * 1_000_000_000L / rate;
      }
      if (window.hasBegun(now) && !window.isMeasured()) {
        window.begin(bench.cpu(), bench.busMessages());
        transactions = bench.transactions();
      }
      loop.turn(due > now ? Math.min(due - now, TURN_NANOS) : TURN_NANOS);
      posts.turn();
    }
    window.end(bench.cpu(), bench.busMessages());
    var row = new ArrayList<>(window.row(load));
    row.add(
        "%.2f"
            .formatted(
                (double) (bench.transactions().join() - transactions.join())
                    / Math.max(1, window.completions())));
    turnUntil(posts, () -> posts.underWay() == 0 && came == accepted);
    return row;
  }

  private @Nullable Profile startProfile(Bench bench) {
    @Nullable String file = options.text("profile");
    if (file == null) {
      return null;
    }
    var profile =
        new Profile(bench.server().pid(), options.text("profile-event", "cpu"), Path.of(file));
    profile.start();
    return profile;
  }

  private static void stop(@Nullable Profile profile) {
    if (profile != null) {
      profile.stop();
    }
  }
}
