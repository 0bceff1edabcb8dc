package org.carewire.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.carewire.testkit.TestPostgres;

/**
 * A server like ours but for one expression of its source, in a class loader of its own. It does
 * not start where the source does not have that expression, exactly once.
 */
final class PlantedBug implements AutoCloseable {
  private static final String OURS = "org.carewire.";
  private static final String TEST_KIT = "org.carewire.testkit.";

  private final Object node;

  private PlantedBug(Object node) {
    this.node = node;
  }

  /**
   * Starts the server.
   *
   * @param classes the folder of the compiled class
   */
  static PlantedBug start(
      Path classes,
      String module,
      String className,
      String expression,
      String instead,
      Map<String, String> settings)
      throws ReflectiveOperationException, IOException {
    ChangedClass.compile(classes, module, className, expression, instead);
    Class<?> testNode = new Loader(classes).loadClass(TestNode.class.getName());
    var start = testNode.getDeclaredMethod("start", Map.class);
    start.setAccessible(true);
    return new PlantedBug(start.invoke(null, settings));
  }

  URI http() {
    return (URI) of("http");
  }

  TestPostgres.Database database() {
    return (TestPostgres.Database) of("database");
  }

  @Override
  public void close() {
    of("close");
  }

  private Object of(String method) {
    try {
      var found = node.getClass().getDeclaredMethod(method);
      found.setAccessible(true);
      Object value = found.invoke(node);
      return value == null ? List.of() : value;
    } catch (InvocationTargetException e) {
      throw new AssertionError(e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(method, e);
    }
  }

  /** Defines our classes anew, those with the bug first. */
  private static final class Loader extends ClassLoader {
    private final Path classes;

    Loader(Path classes) {
      super(PlantedBug.class.getClassLoader());
      this.classes = classes;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(OURS) || name.startsWith(TEST_KIT)) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? define(name) : loaded;
      }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      String path = name.replace('.', '/') + ".class";
      try (InputStream in = open(path)) {
        byte[] bytes = in.readAllBytes();
        if (bytes.length == 0) {
          throw new ClassNotFoundException(name);
        }
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private InputStream open(String path) throws IOException {
      Path changed = classes.resolve(path);
      if (Files.exists(changed)) {
        return Files.newInputStream(changed);
      }
      InputStream same = getParent().getResourceAsStream(path);
      return same == null ? new ByteArrayInputStream(new byte[0]) : same;
    }
  }
}
