package org.carewire.loadtests;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * {@code presence --storm}: the node of all users is killed, and what the others are told of their
 * coming back is counted.
 */
final class Storm {
  private static final int QUIET_SECONDS = 5;
  private static final int RETURN_SECONDS = 60;

  /** After the last one is back: longer than the lease of a dead node, and the grace of a user. */
  private static final int AFTER_SECONDS = 10;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final List<String> flags;
  private final int nodes;
  private final WatchGroups groups;
  private final List<Watcher> watchers = new ArrayList<>();
  private boolean looking;
  private long lookAt;
  private long againAt;
  private int mostWrong;
  private long lastWrongAt;

  Storm(List<String> flags, Options options) {
    this.flags = flags;
    this.nodes = Math.max(2, options.number("nodes", 2));
    this.groups =
        WatchGroups.atMost(options.number("connections", 5_000), options.number("watched", 20));
  }

  /** Whether all came back, and everybody sees everybody again. */
  boolean measure() throws IOException, InterruptedException {
    try (var bench = Bench.start(flags, nodes);
        var crowd = new Crowd(bench, this::eachTurn)) {
      Progress.say("making %,d groups".formatted(groups.users() / groups.size()));
      new Api(bench.server().uri()).put(groups.puts());
      for (int i = 0; i < groups.users(); i++) {
        watchers.add(new Watcher(crowd.returns(), i, 1 + i % (nodes - 1), groups));
      }
      // Elsewhere first, so that all nodes have served many by then.
      crowd.inTurn(watchers, Watcher::connect, Watcher::sees);
      crowd.inTurn(watchers, watcher -> watcher.move(0), Watcher::sees);
      Progress.say("%,d sessions on one node, all watching".formatted(watchers.size()));
      crowd.turnFor(AFTER_SECONDS);
      return storm(bench, crowd);
    }
  }

  private boolean storm(Bench bench, Crowd crowd) {
    RedisCommands quiet = bench.redisCommands();
    crowd.turnFor(QUIET_SECONDS);
    List<Server> survivors = bench.servers().subList(1, nodes);
    BusMessages bus = BusMessages.read(survivors).join();
    RedisCommands redis = bench.redisCommands();
    watchers.forEach(Watcher::begin);
    Returns.Times times = crowd.returns().begin();
    looking = true;
    Progress.say("killing the node with all users");
    long killed = System.nanoTime();
    bench.server().kill();
    boolean back =
        crowd.turnUntil(
            () -> times.returned() >= watchers.size() && watchers.stream().allMatch(Watcher::sees),
            RETURN_SECONDS);
    crowd.turnFor(AFTER_SECONDS);
    looking = false;
    RedisCommands redisAfter = bench.redisCommands();
    BusMessages busAfter = BusMessages.read(survivors).join();
    int stillWrong = wrong();
    crowd.inTurn(watchers, Watcher::ask, Watcher::isAnswered);
    long differing = sum(Watcher::differing);

    var rows = new ArrayList<List<String>>();
    rows.add(List.of("", "measured", "target"));
    rows.add(List.of("back", times.returned() + " of " + watchers.size(), "all"));
    rows.add(
        List.of(
            "of these not `resumed`, so subscribing again / refused at first",
            sum(Watcher::notResumed) + " / " + sum(Watcher::refusals),
            "0 / 0"));
    rows.add(
        List.of(
            "last one connected, s after the kill", seconds(times.lastConnected() - killed), "5"));
    rows.add(
        List.of(
            "last one told by `presence:initial` whom it sees, s after the kill",
            seconds(watchers.stream().mapToLong(Watcher::pictureAt).max().orElse(killed) - killed),
            ""));
    rows.add(
        List.of(
            "last moment at which somebody believed a connected user to be offline, s after the"
                + " kill",
            lastWrongAt == 0 ? "never" : seconds(lastWrongAt - killed),
            ""));
    rows.add(List.of("most such beliefs at once", "%,d".formatted(mostWrong), ""));
    rows.add(
        List.of("`presence:initial` a session, mean / max", perSession(Watcher::initial), "1 / 1"));
    rows.add(
        List.of("`presence:changed` a session, mean / max", perSession(Watcher::changed), "few"));
    rows.add(List.of("of these `offline`, mean / max", perSession(Watcher::toldOffline), "few"));
    rows.add(
        List.of(
            "Redis commands a user until %d s after the last one was back".formatted(AFTER_SECONDS),
            redisAfter.since(redis, watchers.size()),
            ""));
    rows.add(
        List.of(
            "Redis commands a second before the kill",
            Progress.count((double) (redis.sum() - quiet.sum()) / QUIET_SECONDS),
            ""));
    rows.add(List.of("messages that the survivors sent to each other", busAfter.since(bus), ""));
    Progress.table(
        "SIGKILL of the node with all %,d users, each watching %d others"
            .formatted(watchers.size(), groups.watched()),
        bench.describe(),
        rows);
    System.out.println(
        "Away until connected, " + Latencies.HEADING + ": " + times.connected().cell());
    boolean isGood = back && stillWrong == 0 && differing == 0;
    System.out.printf(
        "%s: believed to be offline at the end %,d, told otherwise by `presence:get` %,d%n",
        isGood ? "Everybody is seen by all who watch" : "NOT GOOD", stillWrong, differing);
    return isGood;
  }

  private void eachTurn(long now) {
    if (now >= againAt) {
      againAt = now + AGAIN_NANOS;
      watchers.forEach(Watcher::requestAgain);
    }
    if (looking && now >= lookAt) {
      lookAt = now + LOOK_NANOS;
      int wrong = wrong();
      mostWrong = Math.max(mostWrong, wrong);
      if (wrong > 0) {
        lastWrongAt = now;
      }
    }
  }

  /** How often somebody who is connected believes somebody who is connected to be offline. */
  private int wrong() {
    int wrong = 0;
    for (int i = 0; i < watchers.size(); i++) {
      Watcher watcher = watchers.get(i);
      int first = groups.first(i);
      for (int other = first; watcher.sees() && other < first + groups.size(); other++) {
        if (watcher.believesOffline(other) && watchers.get(other).isGreeted()) {
          wrong++;
        }
      }
    }
    return wrong;
  }

  private long sum(ToIntFunction<Watcher> count) {
    return watchers.stream().mapToInt(count).asLongStream().sum();
  }

  private String perSession(ToIntFunction<Watcher> count) {
    return String.format(
        Locale.ROOT,
        "%.2f / %d",
        (double) sum(count) / watchers.size(),
        watchers.stream().mapToInt(count).max().orElse(0));
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.2f", nanos / 1e9);
  }
}
