package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The folder of one embedded server: its program, data and log, locked by the JVM that uses it.
 *
 * <p>The lock ends with the JVM, its servers do not: they run in sessions of their own, so that a
 * Ctrl-C reaches only the JVM, which stops them in order. A process whose executable lies in a
 * folder that nobody has locked is therefore an orphan. Orphans are killed without being asked: one
 * that is stopped or half dead would not answer, and both servers recover from a kill. Pid files
 * are not trusted, since pids are reused.
 */
final class DemoFolder implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  private static final String LOG = "server.log";
  private static final int LOG_LINES_SHOWN = 12;
  private static final Duration COMMAND_LIMIT = Duration.ofMinutes(2);

  /** For processes that were asked to stop. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

  /** For processes that were killed. */
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

  /** The steps from a locked folder without orphans to a running server. */
  interface Steps<T> {
    T run(DemoFolder folder) throws IOException;
  }

  private final Path directory;
  private final FileChannel lock;

  private DemoFolder(Path directory, FileChannel lock) {
    this.directory = directory;
    this.lock = lock;
  }

  /** Runs the steps; if they fail, nothing of them is left running and the folder is free again. */
  static <T> T start(Path directory, Steps<T> steps) {
    DemoFolder folder = lock(directory);
    boolean started = false;
    try {
      folder.killProcesses();
      T server = steps.run(folder);
      started = true;
      return server;
    } catch (IOException e) {
      throw unusable(directory, e);
    } finally {
      if (!started) {
        folder.killProcesses();
        folder.close();
      }
    }
  }

  private static DemoFolder lock(Path directory) {
    if (!FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      throw new StartFailure("The demo mode runs on Linux and macOS; on Windows, run it in WSL.");
    }
    try {
      Files.createDirectories(directory, mode("rwx------"));
      Path real = directory.toRealPath();
      FileChannel channel =
          FileChannel.open(
              real.resolve("lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (!locked(channel)) {
        ByteBuffer holder = ByteBuffer.allocate(20);
        channel.read(holder);
        channel.close();
        throw new StartFailure(
            ("Another Carewire (process %s) uses the folder %s:"
                    + " stop it, or give this one a folder of its own.")
                .formatted(new String(holder.array(), 0, holder.position(), UTF_8), directory));
      }
      channel.truncate(0);
      channel.write(UTF_8.encode(Long.toString(ProcessHandle.current().pid())));
      return new DemoFolder(real, channel);
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  private static StartFailure unusable(Path directory, IOException cause) {
    return new StartFailure(
        ("The demo cannot use its folder %s (%s):"
                + " let this user write there, with room on the disk, or choose another.")
            .formatted(directory, cause),
        cause);
  }

  Path path(String name) {
    return directory.resolve(name);
  }

  Path log() {
    return path(LOG);
  }

  /** Writes a file that only this user can read. */
  Path writeSecret(String name, String content) throws IOException {
    Path file = path(name);
    Files.deleteIfExists(file);
    Files.createFile(file, mode("rw-------"));
    return Files.writeString(file, content);
  }

  static String newSecret() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** Free at the moment; a server that loses it to another program does not start and says so. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral(HOST))) {
      return socket.getLocalPort();
    }
  }

  /** Runs a command in the folder to its end, its output going to the folder's log. */
  void run(List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    try {
      if (!process.waitFor(COMMAND_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw failure("took longer than %d s".formatted(COMMAND_LIMIT.toSeconds()));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new StartFailure("The start of the demo was interrupted.", e);
    }
    if (process.exitValue() != 0) {
      throw failure("could not start");
    }
  }

  StartFailure failure(String what) throws IOException {
    List<String> lines = new String(Files.readAllBytes(log()), UTF_8).lines().toList();
    List<String> end = lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
    return new StartFailure(
        ("The server in %s %s. The end of its log %s follows; if it does not help,"
                + " move the folder away to begin with an empty demo.%n%s")
            .formatted(directory, what, log(), String.join(System.lineSeparator(), end)));
  }

  List<ProcessHandle> processes() {
    // A dead process that nobody has reaped still has a handle, but no executable.
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .command()
                    .filter(path -> Path.of(path).startsWith(directory))
                    .isPresent())
        .toList();
  }

  static boolean await(Duration limit, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
    }
    return true;
  }

  private void killProcesses() {
    boolean gone =
        await(
            KILL_LIMIT,
            () -> {
              List<ProcessHandle> left = processes();
              left.forEach(ProcessHandle::destroyForcibly);
              return left.isEmpty();
            });
    if (!gone) {
      throw new StartFailure(
          "Processes %s of an earlier run in %s cannot be killed: end them, or restart the machine."
              .formatted(processes().stream().map(ProcessHandle::pid).toList(), directory));
    }
  }

  boolean isOpen() {
    return lock.isOpen();
  }

  /** Waits for the processes, which were asked to stop; kills what does not; frees the folder. */
  @Override
  public void close() {
    try (lock) {
      await(STOP_LIMIT, () -> processes().isEmpty());
      killProcesses();
    } catch (IOException e) {
      throw unusable(directory, e);
    }
  }

  private static FileAttribute<?> mode(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }
}
