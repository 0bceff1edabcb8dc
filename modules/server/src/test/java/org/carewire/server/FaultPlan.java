package org.carewire.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.carewire.server.Fault.Needs;
import org.carewire.server.Fault.Trouble;

/** What goes wrong and when, by a seed. */
record FaultPlan(List<Planned> faults) {
  /** A fault, after that time. */
  record Planned(Duration at, Fault fault) {}

  /** Kinds of faults; one comes again only when all have come. */
  enum Kind {
    KILLED,
    HUNG,
    RESTARTED,
    ALL_RESTARTED,
    POSTGRES_NETWORK,
    REDIS_NETWORK,
    REDIS_EMPTIED,
    POSTGRES_RESTARTED,
    PARTITION
  }

  private static final int SHORTEST_MS = 1_000;
  private static final int LONGEST_MS = 6_000;

  /** Some are noticed by the other nodes, some are over before. */
  private static final int LONGEST_SILENCE_MS = 9_000;

  /**
   * Faults of all kinds.
   *
   * @param time of them all
   * @param shortestGap between the beginnings of two
   */
  static FaultPlan of(
      long seed, int nodes, Duration time, Duration shortestGap, Duration longestGap) {
    Set<Kind> kinds = EnumSet.allOf(Kind.class);
    if (nodes == 1) {
      kinds.remove(Kind.PARTITION);
    }
    return of(seed, nodes, kinds, time, shortestGap, longestGap);
  }

  /** The same, of some kinds. */
  static FaultPlan of(
      long seed,
      int nodes,
      Set<Kind> kinds,
      Duration time,
      Duration shortestGap,
      Duration longestGap) {
    var random = new Random(seed);
    var planned = new ArrayList<Planned>();
    var deck = new ArrayList<Kind>();
    Duration at = between(random, shortestGap, longestGap);
    while (at.compareTo(time) < 0) {
      if (deck.isEmpty()) {
        deck.addAll(kinds);
        Collections.shuffle(deck, random);
      }
      planned.add(new Planned(at, fault(deck.removeLast(), random, nodes)));
      at = at.plus(between(random, shortestGap, longestGap));
    }
    return new FaultPlan(planned);
  }

  private static Duration between(Random random, Duration shortest, Duration longest) {
    return Duration.ofMillis(random.nextLong(shortest.toMillis(), longest.toMillis() + 1));
  }

  private static Fault fault(Kind kind, Random random, int nodes) {
    int node = random.nextInt(nodes);
    Duration time = time(random, LONGEST_MS);
    return switch (kind) {
      case KILLED -> new Fault.Killed(node, time);
      case HUNG -> new Fault.Hung(node, time(random, LONGEST_SILENCE_MS));
      case RESTARTED -> new Fault.Restarted(node);
      case ALL_RESTARTED -> new Fault.AllRestarted();
      case POSTGRES_NETWORK -> new Fault.Network(node, Needs.POSTGRES, trouble(random), time);
      case REDIS_NETWORK -> new Fault.Network(node, Needs.REDIS, trouble(random), time);
      case REDIS_EMPTIED -> new Fault.RedisEmptied();
      case POSTGRES_RESTARTED -> new Fault.PostgresRestarted();
      case PARTITION ->
          new Fault.Partition(
              Set.of(node), random.nextBoolean(), time(random, 2 * LONGEST_SILENCE_MS));
    };
  }

  private static Duration time(Random random, int longestMs) {
    return Duration.ofMillis(random.nextInt(SHORTEST_MS, longestMs));
  }

  private static Trouble trouble(Random random) {
    Trouble[] all = Trouble.values();
    return all[random.nextInt(all.length)];
  }
}
