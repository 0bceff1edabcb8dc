package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every source file is as google-java-format writes it; {@code ./mvnw -Pformat} makes it so. */
class SourceFormatTest {
  private static final Formatter FORMATTER = new Formatter();

  @Test
  void sourcesAreFormatted() throws IOException, FormatterException {
    var unformatted = new ArrayList<Path>();
    List<Path> sources = sources();
    for (Path source : sources) {
      String text = Files.readString(source);
      if (!formatted(text).equals(text)) {
        unformatted.add(source);
      }
    }

    assertThat(sources).hasSizeGreaterThan(100);
    assertThat(unformatted).as("run ./mvnw -Pformat").isEmpty();
  }

  /** Formats all sources in place. */
  public static void main(String[] arguments) throws IOException, FormatterException {
    for (Path source : sources()) {
      String text = Files.readString(source);
      Files.writeString(source, formatted(text));
    }
  }

  private static String formatted(String text) throws FormatterException {
    return FORMATTER.formatSourceAndFixImports(RemoveUnusedImports.removeUnusedImports(text));
  }

  private static List<Path> sources() throws IOException {
    var sources = new ArrayList<Path>();
    for (String folder : List.of("..", "../../load-tests")) {
      try (Stream<Path> files = Files.walk(Path.of(folder).toAbsolutePath().normalize())) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> file.toString().contains("/src/"))
            .forEach(sources::add);
      }
    }
    return sources;
  }
}
