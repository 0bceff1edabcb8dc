package org.carewire.server;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a node: {@code Main --demo} with servers of its own, {@code Main} with those of the
 * configuration file. {@code Main --demo-cluster} starts three and a balancer, {@code Main
 * --new-epoch} changes the epoch in the database of that file.
 */
public final class Main {
  private static final String CONFIG = Settings.ENVIRONMENT_PREFIX + "CONFIG";
  private static final String NODE = "";
  private static final String DEMO = "--demo";
  private static final String DEMO_CLUSTER = "--demo-cluster";
  private static final String NEW_EPOCH = "--new-epoch";
  private static final String DEMO_DATA = Settings.ENVIRONMENT_PREFIX + "DEMO_DATA";

  /** Held while the server starts, so that a Ctrl-C waits for what it has to stop. */
  private final Object starting = new Object();

  /** Stops what is running. */
  private @Nullable Runnable running;

  private boolean stopping;

  public static void main(String[] arguments) {
    String asked = arguments.length == 0 ? NODE : arguments[0];
    boolean newEpoch = asked.equals(NEW_EPOCH);
    chooseLogging(!asked.equals(NODE));
    try {
      requireKnown(List.of(arguments));
      if (newEpoch) {
        System.out.print(NewEpoch.begin(configuration(new HashMap<>(System.getenv()))));
      } else {
        start(asked);
      }
    } catch (StartFailure failure) {
      System.err.println(
          (newEpoch ? "The epoch was not changed. " : "Carewire cannot start. ")
              + failure.getMessage());
      System.exit(1);
    } catch (RuntimeException fault) {
      fault.printStackTrace();
      System.exit(1);
    }
  }

  private static void requireKnown(List<String> arguments) {
    for (String argument : arguments) {
      if (!List.of(DEMO, DEMO_CLUSTER, DemoNode.ARGUMENT, NEW_EPOCH).contains(argument)) {
        throw new StartFailure(
            "There is no argument \"%s\", only %s, %s and %s"
                .formatted(argument, DEMO, DEMO_CLUSTER, NEW_EPOCH));
      }
    }
    if (arguments.size() > 1) {
      throw new StartFailure(
          arguments.contains(NEW_EPOCH)
              ? "The demo mode has no new epoch, as nobody restores its database: leave out one of "
                  + String.join(", ", arguments)
              : "Only one of these is possible at a time: " + String.join(", ", arguments));
    }
  }

  private static void start(String asked) {
    var main = new Main();
    Runtime.getRuntime().addShutdownHook(new Thread(main::stop, "stop"));
    if (asked.equals(DemoNode.ARGUMENT)) {
      Thread.ofPlatform().daemon().name("parent").start(Main::endWithParent);
    }
    main.run(asked, new HashMap<>(System.getenv()));
  }

  /** The parent holds the other end of the input as long as it lives. */
  private static void endWithParent() {
    try (var input = System.in) {
      while (input.read() >= 0) {
        // Nothing is said there.
      }
    } catch (IOException e) {
      // Ended as well.
    }
    System.exit(0);
  }

  /** Before the first logger is made: readable lines for who reads them, JSON elsewhere. */
  private static void chooseLogging(boolean readable) {
    System.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty(
          "logback.configurationFile", readable ? "logback-demo.xml" : "logback-json.xml");
    }
  }

  private void run(String asked, Map<String, String> environment) {
    synchronized (starting) {
      if (!stopping) {
        running =
            switch (asked) {
              case DEMO -> demo(environment);
              case DEMO_CLUSTER -> demoCluster(environment);
              case DemoNode.ARGUMENT -> Demo.node(new Settings(Map.of(), environment))::close;
              default -> Node.start(configuration(environment))::close;
            };
      }
    }
  }

  private static Runnable demo(Map<String, String> environment) {
    Demo demo = Demo.start(demoFolder(environment), environment, Main::progress);
    progress(Banner.of(demo.node().httpPort(), demo.node().managementPort()));
    return demo::close;
  }

  private static Runnable demoCluster(Map<String, String> environment) {
    var cluster = DemoCluster.start(demoFolder(environment), environment, Main::progress);
    progress(cluster.banner());
    return cluster::close;
  }

  /** Takes out of the environment what is not about the node. */
  private static Path demoFolder(Map<String, String> environment) {
    environment.remove(CONFIG);
    String folder = environment.remove(DEMO_DATA);
    return Path.of(folder == null ? "data/demo" : folder).toAbsolutePath();
  }

  private static CarewireConfig configuration(Map<String, String> environment) {
    String named = environment.remove(CONFIG);
    environment.remove(DEMO_DATA);
    Path file = Path.of(named == null ? "conf/carewire.yaml" : named);
    return CarewireConfig.read(new Settings(SettingsFile.read(file), environment), List.of());
  }

  private static void progress(String line) {
    System.out.println(line);
  }

  /** Who was running, and was asked to stop, has done well; the JVM would say otherwise. */
  private void stop() {
    synchronized (starting) {
      stopping = true;
      if (running != null) {
        try {
          running.run();
        } finally {
          System.out.flush();
          Runtime.getRuntime().halt(0);
        }
      }
    }
  }
}
