package org.carewire.server;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a node: {@code Main --demo} with servers of its own, {@code Main} with those of the
 * configuration file. {@code Main --new-epoch} changes the epoch in the database of that file.
 */
public final class Main {
  private static final String CONFIG = Settings.ENVIRONMENT_PREFIX + "CONFIG";
  private static final String DEMO = "--demo";
  private static final String NEW_EPOCH = "--new-epoch";
  private static final String DEMO_DATA = Settings.ENVIRONMENT_PREFIX + "DEMO_DATA";

  /** Held while the server starts, so that a Ctrl-C waits for what it has to stop. */
  private final Object starting = new Object();

  /** Stops what is running. */
  private @Nullable Runnable running;

  private boolean stopping;

  public static void main(String[] arguments) {
    List<String> asked = List.of(arguments);
    boolean newEpoch = asked.contains(NEW_EPOCH);
    chooseLogging(newEpoch || asked.contains(DEMO));
    try {
      requireKnown(asked);
      if (newEpoch) {
        System.out.print(NewEpoch.begin(configuration(new HashMap<>(System.getenv()))));
      } else {
        startNode(asked.contains(DEMO));
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
      if (!argument.equals(DEMO) && !argument.equals(NEW_EPOCH)) {
        throw new StartFailure(
            "There is no argument \"%s\", only %s and %s".formatted(argument, DEMO, NEW_EPOCH));
      }
    }
    if (arguments.contains(DEMO) && arguments.contains(NEW_EPOCH)) {
      throw new StartFailure(
          "The demo mode has no new epoch, as nobody restores its database: leave out " + DEMO);
    }
  }

  private static void startNode(boolean demo) {
    var main = new Main();
    Runtime.getRuntime().addShutdownHook(new Thread(main::stop, "stop"));
    main.start(demo, new HashMap<>(System.getenv()));
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

  private void start(boolean demo, Map<String, String> environment) {
    synchronized (starting) {
      if (stopping) {
        return;
      }
      if (demo) {
        String demoData = environment.remove(DEMO_DATA);
        environment.remove(CONFIG);
        Path folder = Path.of(demoData == null ? "data/demo" : demoData).toAbsolutePath();
        Demo started = Demo.start(folder, environment, Main::progress);
        running = started::close;
        System.out.println(Banner.of(started.node().httpPort(), started.node().managementPort()));
      } else {
        running = Node.start(configuration(environment))::close;
      }
    }
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
        running.run();
        System.out.flush();
        Runtime.getRuntime().halt(0);
      }
    }
  }
}
