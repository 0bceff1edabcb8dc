package org.carewire.loadtests;

import java.io.IOException;
import java.util.List;

/** Started by {@code load-tests/run}. */
public final class LoadTests {
  private static final String USAGE =
      """
      Usage: load-tests/run chat | room | connect | presence | calls | notifications | cluster | all [options]
             load-tests/run jmh [regular expression] [options of JMH]
      The options are in load-tests/README.md.\
      """;

  /** The heap does not grow during a measurement. */
  private static final String FAST = "-Xms2g -Xmx2g -XX:+UseSerialGC";

  /** The same, where several share a machine. */
  private static final String SMALL = "-Xms1g -Xmx1g -XX:+UseSerialGC";

  private LoadTests() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String mode = arguments.length == 0 ? "help" : arguments[0];
    if (!List.of("chat", "room", "connect", "presence", "calls", "notifications", "cluster", "all")
        .contains(mode)) {
      System.out.println(USAGE);
      System.exit(2);
    }
    Options options;
    try {
      options = Options.parse(List.of(arguments).subList(1, arguments.length));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    try {
      System.exit(run(mode, options) ? 0 : 1);
    } catch (IllegalStateException e) {
      // The server did not do its part, or ends with us after a Ctrl-C.
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  /** Whether nothing was lost, where that is not seen from the table alone. */
  private static boolean run(String mode, Options options)
      throws IOException, InterruptedException {
    boolean all = mode.equals("all");
    int nodes = options.number("nodes", 1);
    String heap = nodes == 1 ? FAST : SMALL;
    if (all || mode.equals("chat")) {
      try (var bench = Bench.start(flags(options, heap), nodes)) {
        new Conversations(bench, options).chat();
      }
    }
    if (all || mode.equals("room")) {
      try (var bench = Bench.start(flags(options, heap), nodes)) {
        new Conversations(bench, options).room();
      }
    }
    if (all || mode.equals("connect")) {
      try (var bench = Bench.start(flags(options, Connections.FRUGAL))) {
        new Connections(bench, options).measure();
      }
    }
    if (mode.equals("presence")) {
      return options.has("storm")
          ? new Storm(flags(options, SMALL), options).measure()
          : new StatusUpdates(flags(options, heap), options).measure();
    }
    if (mode.equals("calls")) {
      return new Calls(flags(options, heap), options).measure();
    }
    if (mode.equals("notifications")) {
      return new Notifications(flags(options, heap), options).measure();
    }
    return !mode.equals("cluster") || new Faults(flags(options, SMALL), options).measure();
  }

  private static List<String> flags(Options options, String otherwise) {
    return List.of(options.text("jvm", otherwise).strip().split("\\s+", -1));
  }
}
