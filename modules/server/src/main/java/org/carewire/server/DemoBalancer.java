package org.carewire.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;

/** The nginx in front of the demo's cluster, with the configuration that ships. */
final class DemoBalancer implements AutoCloseable {
  private static final String SITE = "carewire.conf";
  private static final String CONFIGURATION = "nginx.conf";

  private final DemoFolder folder;

  private DemoBalancer(DemoFolder folder) {
    this.folder = folder;
  }

  /**
   * Blocks until it takes connections. Ends what an earlier run has left.
   *
   * @param installed the program
   * @param nodes as host:port
   * @throws StartFailure also where another JVM uses the directory
   */
  static DemoBalancer start(
      Path directory, Path installed, int port, List<String> nodes, Consumer<String> progress) {
    return DemoFolder.start(
        directory,
        folder -> {
          // Only now: what an earlier run has left had it too.
          DemoPorts.requireFree(port);
          progress.accept("Starting nginx …");
          // By its path the folder knows the processes that are its own.
          Path program =
              Files.copy(
                  installed,
                  folder.path("nginx"),
                  StandardCopyOption.REPLACE_EXISTING,
                  StandardCopyOption.COPY_ATTRIBUTES);
          String log = folder.log().toString();
          Files.writeString(
              folder.path(SITE),
              NginxConfiguration.site(NginxConfiguration.shipped(), port, nodes));
          Files.writeString(
              folder.path(CONFIGURATION), NginxConfiguration.main(true, "server.log", SITE));
          String prefix = folder.path("").toString();
          folder.run(
              List.of(
                  program.toString(),
                  "-p",
                  prefix,
                  "-c",
                  folder.path(CONFIGURATION).toString(),
                  "-e",
                  log));
          return new DemoBalancer(folder);
        });
  }

  /** Stops it, whoever is connected, and waits for its end. */
  @Override
  public void close() {
    if (!folder.isOpen()) {
      return;
    }
    try (folder) {
      folder.processes().forEach(ProcessHandle::destroy);
    }
  }
}
