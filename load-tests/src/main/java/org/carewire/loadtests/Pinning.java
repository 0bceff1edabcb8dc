package org.carewire.loadtests;

import java.util.List;
import java.util.stream.Stream;

/** Which core runs what: the server one, PostgreSQL, Redis and the client the other. */
final class Pinning {
  private static final boolean PINNED = Boolean.getBoolean("loadtests.pinned");

  private Pinning() {}

  /** The command on the server's core. */
  static List<String> server(List<String> command) {
    return PINNED
        ? Stream.concat(Stream.of("taskset", "-c", "0"), command.stream()).toList()
        : command;
  }

  static String describe() {
    return PINNED
        ? "server on core 0; PostgreSQL, Redis and client on core 1"
        : "not pinned: nodes, PostgreSQL, Redis and client share all cores";
  }
}
