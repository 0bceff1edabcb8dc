package org.carewire.server;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.io.file.PathUtils;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs as they lie unpacked in a folder. */
record PostgresProgram(Path directory) {
  private static final String PREFIX = "program-";
  private static final String VERSION_LINE = "# PostgreSQL ";

  /** Unpacks the programs, unless they are there, in place of those of another version. */
  static PostgresProgram in(DemoFolder folder, Consumer<String> progress) throws IOException {
    byte[] archive = archive();
    Path program = folder.path(PREFIX + checksum(archive));
    if (!Files.isDirectory(program)) {
      progress.accept("Unpacking PostgreSQL …");
      deleteOthers(folder);
      Path unfinished = folder.path(PREFIX + "unfinished");
      unpack(archive, unfinished);
      Files.move(unfinished, program, StandardCopyOption.ATOMIC_MOVE);
    }
    return new PostgresProgram(program);
  }

  String command(String name) {
    return directory.resolve("bin", name).toString();
  }

  /** As a cluster's PG_VERSION has it, for instance 18. */
  String majorVersion() throws IOException {
    try (var lines = Files.lines(directory.resolve("share/postgresql/postgres.bki"))) {
      return lines.findFirst().orElse("").replace(VERSION_LINE, "");
    }
  }

  private static byte[] archive() throws IOException {
    boolean mac = System.getProperty("os.name").startsWith("Mac");
    // The archive for macOS holds the programs for both of its architectures.
    String architecture = mac ? "x86_64" : System.getProperty("os.arch");
    try (InputStream archive =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            mac ? "Darwin" : "Linux", architecture)) {
      return archive.readAllBytes();
    } catch (IllegalStateException e) {
      throw new StartFailure(
          "The demo mode has no PostgreSQL for this kind of machine (%s): use a server of your own."
              .formatted(architecture),
          e);
    }
  }

  private static String checksum(byte[] archive) {
    CRC32 checksum = new CRC32();
    checksum.update(archive);
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }

  private static void deleteOthers(DemoFolder folder) throws IOException {
    try (DirectoryStream<Path> programs = Files.newDirectoryStream(folder.path(""), PREFIX + "*")) {
      for (Path program : programs) {
        PathUtils.deleteDirectory(program);
      }
    }
  }

  private static void unpack(byte[] archive, Path target) throws IOException {
    try (var entries =
        new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry entry; (entry = entries.getNextEntry()) != null; ) {
        Path path = target.resolve(entry.getName());
        if (entry.isDirectory()) {
          Files.createDirectories(path);
          continue;
        }
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.copy(entries, path);
          Files.setPosixFilePermissions(
              path,
              PosixFilePermissions.fromString(isExecutable(entry) ? "rwxr-xr-x" : "rw-r--r--"));
        }
      }
    }
  }

  private static boolean isExecutable(TarArchiveEntry entry) {
    return (entry.getMode() & 0100) != 0;
  }
}
