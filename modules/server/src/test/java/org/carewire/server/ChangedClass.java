package org.carewire.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** A class of ours that is another one by one expression of its source. */
final class ChangedClass {
  private ChangedClass() {}

  /**
   * Compiles it. Fails where the source does not have that expression, exactly once.
   *
   * @param classes the folder for the compiled class
   */
  static void compile(
      Path classes, String module, String className, String expression, String instead)
      throws IOException {
    String path = className.replace('.', '/') + ".java";
    String source = Files.readString(Path.of("..", module, "src/main/java").resolve(path));
    if (source.split(Pattern.quote(expression), -1).length != 2) {
      throw new AssertionError(className + " does not have exactly one \"" + expression + '"');
    }
    Path changed = classes.resolve(path);
    Files.createDirectories(changed.getParent());
    Files.writeString(changed, source.replace(expression, instead));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-nowarn",
                "-classpath",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                changed.toString());
    if (status != 0) {
      throw new AssertionError(className + " does not compile with \"" + instead + '"');
    }
  }
}
