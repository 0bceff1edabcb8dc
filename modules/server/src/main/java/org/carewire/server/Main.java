package org.carewire.server;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a node: {@code Main --demo} with servers of its own, {@code Main} with those of the
 * configuration file.
 */
public final class Main {
  private static final String CONFIG = Settings.ENVIRONMENT_PREFIX + "CONFIG";
  private static final String DEMO_DATA = Settings.ENVIRONMENT_PREFIX + "DEMO_DATA";

  /** Held while the server starts, so that a Ctrl-C waits for what it has to stop. */
  private final Object starting = new Object();

  /** Stops what is running. */
  private @Nullable Runnable running;

  private boolean stopping;

  public static void main(String[] arguments) {
    boolean demo = List.of(arguments).contains("--demo");
    chooseLogging(demo);
    var main = new Main();
    Runtime.getRuntime().addShutdownHook(new Thread(main::stop, "stop"));
    try {
      main.start(demo, new HashMap<>(System.getenv()));
    } catch (StartFailure failure) {
      System.err.println("Carewire cannot start. " + failure.getMessage());
      System.exit(1);
    } catch (RuntimeException fault) {
      fault.printStackTrace();
      System.exit(1);
    }
  }

  /** Before the first logger is made: readable lines in the demo, JSON elsewhere. */
  private static void chooseLogging(boolean demo) {
    System.setProperty(
        "vertx.logger-delegate-factory-class-name",
        "io.vertx.core.logging.SLF4JLogDelegateFactory");
    if (System.getProperty("logback.configurationFile") == null) {
      System.setProperty(
          "logback.configurationFile", demo ? "logback-demo.xml" : "logback-json.xml");
    }
  }

  private void start(boolean demo, Map<String, String> environment) {
    String configFile = environment.remove(CONFIG);
    String demoData = environment.remove(DEMO_DATA);
    synchronized (starting) {
      if (stopping) {
        return;
      }
      if (demo) {
        Path folder = Path.of(demoData == null ? "data/demo" : demoData).toAbsolutePath();
        Demo started = Demo.start(folder, environment, Main::progress);
        running = started::close;
        System.out.println(Banner.of(started.node().httpPort(), started.node().managementPort()));
      } else {
        Path file = Path.of(configFile == null ? "conf/carewire.yaml" : configFile);
        var settings = new Settings(SettingsFile.read(file), environment);
        running = Node.start(CarewireConfig.read(settings, List.of()))::close;
      }
    }
  }

  private static void progress(String line) {
    System.out.println(line);
  }

  private void stop() {
    synchronized (starting) {
      stopping = true;
      if (running != null) {
        running.run();
      }
    }
  }
}
