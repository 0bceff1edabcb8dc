package org.carewire.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds out which process has opened a connection on this machine. Linux only. */
final class ConnectionOwner {
  private static final List<Path> TABLES =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final int LOCAL_ADDRESS = 1;
  private static final int REMOTE_ADDRESS = 2;
  private static final int INODE = 9;

  private ConnectionOwner() {}

  static boolean canBeFound() {
    return Files.isReadable(TABLES.getFirst());
  }

  /**
   * Answers empty where it is none of them, or has closed the connection again.
   *
   * @param accepted the side that did not open it
   */
  static OptionalLong find(Socket accepted, Collection<Long> pids) {
    Optional<String> inode =
        TABLES.stream()
            .flatMap(table -> rows(table).stream())
            .map(row -> row.strip().split("\\s+"))
            .filter(
                row ->
                    row[LOCAL_ADDRESS].endsWith(port(accepted.getPort()))
                        && row[REMOTE_ADDRESS].endsWith(port(accepted.getLocalPort())))
            .map(row -> row[INODE])
            .findFirst();
    return inode.isEmpty()
        ? OptionalLong.empty()
        : pids.stream()
            .mapToLong(Long::longValue)
            .filter(pid -> hasOpen(pid, "socket:[" + inode.get() + "]"))
            .findFirst();
  }

  private static List<String> rows(Path table) {
    try {
      return Files.exists(table) ? Files.readAllLines(table) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String port(int port) {
    return ":" + HexFormat.of().withUpperCase().toHexDigits((short) port);
  }

  private static boolean hasOpen(long pid, String socket) {
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : open) {
        if (isLinkTo(file, socket)) {
          return true;
        }
      }
      return false;
    } catch (IOException | DirectoryIteratorException e) {
      // The process has ended.
      return false;
    }
  }

  private static boolean isLinkTo(Path file, String target) {
    try {
      return Files.readSymbolicLink(file).toString().equals(target);
    } catch (IOException e) {
      // It was closed meanwhile.
      return false;
    }
  }
}
