package org.carewire.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Frames kept for tests, one a file, named after what they show. */
final class Corpus {
  private static final Path FOLDER = Path.of("src/test/resources/corpus");
  private static final String FILE_ENDING = ".frame";

  private Corpus() {}

  /** The frames of a folder by their names, in order. */
  static Map<String, byte[]> read(String folder) {
    try (Stream<Path> files = Files.list(FOLDER.resolve(folder))) {
      var frames = new TreeMap<String, byte[]>();
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (!name.endsWith(FILE_ENDING)) {
          throw new AssertionError("No frame: " + file);
        }
        frames.put(folder + "/" + name, Files.readAllBytes(file));
      }
      return frames;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How to keep a frame that has shown a fault. */
  static String keep(String folder, byte[] frame) {
    return "echo %s | base64 -d > modules/server/%s/%s/NAME%s"
        .formatted(Base64.getEncoder().encodeToString(frame), FOLDER, folder, FILE_ENDING);
  }

  static List<byte[]> frames(String folder) {
    return List.copyOf(read(folder).values());
  }
}
