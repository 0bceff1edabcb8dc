package org.carewire.server;

import java.time.Duration;
import java.util.Set;

/** Something that goes wrong, and is mended after a while. Nodes are known by their index. */
sealed interface Fault {
  /** The node's process is gone, and another one begins after that time. */
  record Killed(int node, Duration time) implements Fault {}

  /** The node's process says nothing, and keeps its connections. */
  record Hung(int node, Duration time) implements Fault {}

  /** The node is asked to end, and begins again. */
  record Restarted(int node) implements Fault {}

  /** All nodes are, one after the other. */
  record AllRestarted() implements Fault {}

  /** The way between a node and a server that it needs. */
  record Network(int node, Needs needs, Trouble trouble, Duration time) implements Fault {}

  record RedisEmptied() implements Fault {}

  /** It crashes, which loses nothing that is committed. */
  record PostgresRestarted() implements Fault {}

  /**
   * Nothing passes between those nodes and the others.
   *
   * @param cuts whether their connections end; else they stay, and nothing comes
   */
  record Partition(Set<Integer> side, boolean cuts, Duration time) implements Fault {}

  enum Needs {
    POSTGRES,
    REDIS
  }

  enum Trouble {
    /** All connections end once. */
    CUT,
    REFUSED,
    HANGING,
    /** What is sent arrives, and no answer comes. */
    HALF_OPEN,
    SLOW,
    DELAYED
  }
}
