package org.carewire.server;

import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;

/** The demo mode's own PostgreSQL, durable like a real one, kept in a folder between runs. */
final class DemoPostgres implements AutoCloseable {
  private static final String USER = "carewire";

  /** Made by initdb; the server has no other use. */
  private static final String DATABASE = "postgres";

  private static final String START_SECONDS = "60";
  private static final String STOP_SECONDS = "15";

  /**
   * Given at every start, where they win over the files of a cluster made by an earlier version.
   */
  private static final List<String> SETTINGS =
      List.of(
          "listen_addresses=" + DemoFolder.HOST,
          "unix_socket_directories=",
          "max_connections=200",
          "fsync=on",
          "synchronous_commit=on",
          "timezone=UTC",
          "log_timezone=UTC",
          "log_checkpoints=off",
          // Rows and statements may hold health data.
          "log_error_verbosity=terse",
          "log_min_error_statement=panic");

  private final DemoFolder folder;
  private final PostgresProgram program;
  private final Path cluster;
  private final int port;
  private final String password;

  private DemoPostgres(
      DemoFolder folder, PostgresProgram program, Path cluster, int port, String password) {
    this.folder = folder;
    this.program = program;
    this.cluster = cluster;
    this.port = port;
    this.password = password;
  }

  /**
   * Blocks until connections are accepted. Ends what an earlier run has left.
   *
   * @throws StartFailure also where another JVM uses the directory
   */
  static DemoPostgres start(Path directory, Consumer<String> progress) {
    return DemoFolder.start(
        directory,
        folder -> {
          PostgresProgram program = PostgresProgram.in(folder, progress);
          Path cluster = folder.path("cluster");
          if (Files.exists(cluster)) {
            requireVersion(program.majorVersion(), cluster);
          } else {
            progress.accept("Creating an empty database …");
            create(cluster, program, folder);
          }
          // PostgreSQL would believe a pid that by now belongs to another program.
          boolean crashed = Files.deleteIfExists(cluster.resolve("postmaster.pid"));
          progress.accept(
              crashed
                  ? "Starting PostgreSQL, which was not stopped in order last time …"
                  : "Starting PostgreSQL …");
          String password = Files.readString(folder.path("password"));
          var postgres =
              new DemoPostgres(folder, program, cluster, DemoFolder.freePort(), password);
          postgres.launch();
          return postgres;
        });
  }

  private static void requireVersion(String version, Path cluster) throws IOException {
    String found = Files.readString(cluster.resolve("PG_VERSION")).strip();
    if (!found.equals(version)) {
      throw new StartFailure(
          ("The data in %s was written by PostgreSQL %s, and this is %s: convert it with"
                  + " pg_upgrade, or move the folder away to begin with an empty demo.")
              .formatted(cluster, found, version));
    }
  }

  private static void create(Path cluster, PostgresProgram program, DemoFolder folder)
      throws IOException {
    Path unfinished = folder.path("cluster-unfinished");
    if (Files.exists(unfinished)) {
      PathUtils.deleteDirectory(unfinished);
    }
    Path password = folder.writeSecret("password", DemoFolder.newSecret());
    folder.run(
        command(
            program.command("initdb"),
            "--pgdata=" + unfinished,
            "--username=" + USER,
            "--pwfile=" + password,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8"));
    Files.move(unfinished, cluster, StandardCopyOption.ATOMIC_MOVE);
  }

  private void launch() throws IOException {
    String options =
        Stream.concat(SETTINGS.stream(), Stream.of("port=" + port))
            .map(setting -> "-c " + setting)
            .collect(Collectors.joining(" "));
    String log = folder.log().toString();
    pgCtl("start", "--timeout=" + START_SECONDS, "--log=" + log, "--options=" + options);
  }

  private void pgCtl(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.command("pg_ctl")));
    command.addAll(List.of("--pgdata=" + cluster, "--wait", "--silent"));
    command.addAll(List.of(arguments));
    folder.run(command(command.toArray(String[]::new)));
  }

  /** PostgreSQL refuses to run as root, who is an ordinary user in a user namespace of his own. */
  private static List<String> command(String... command) {
    List<String> prefix = LinuxUtils.isUnshareAvailable() ? List.of("unshare", "-U") : List.of();
    if (prefix.isEmpty() && System.getProperty("user.name").equals("root")) {
      throw new StartFailure(
          "PostgreSQL does not run as root where there are no user namespaces: run the demo as an"
              + " ordinary user.");
    }
    return Stream.concat(prefix.stream(), Stream.of(command)).toList();
  }

  String host() {
    return DemoFolder.HOST;
  }

  int port() {
    return port;
  }

  String user() {
    return USER;
  }

  String password() {
    return password;
  }

  String database() {
    return DATABASE;
  }

  /** Stops the server, whoever is connected, and waits for its end. */
  @Override
  public void close() {
    if (!folder.isOpen()) {
      return;
    }
    try (folder) {
      pgCtl("stop", "--mode=fast", "--timeout=" + STOP_SECONDS);
    } catch (IOException | StartFailure _) {
      // Dead or hanging: the folder ends it, and the next start recovers.
    }
  }
}
