package org.carewire.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.carewire.testkit.Json;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.TestRedis;
import org.carewire.testkit.Tokens;

/** What a node in a process of its own needs to start outside the demo mode. */
final class WholeConfiguration {
  private WholeConfiguration() {}

  /** As environment variables, the file being empty. */
  static Map<String, String> environment(Path folder, TestPostgres.Database database) {
    var environment = new HashMap<String, String>();
    environment.put("CAREWIRE_CONFIG", file(folder).toString());
    environment.put("CAREWIRE_HTTP_PORT", "0");
    environment.put("CAREWIRE_MANAGEMENT_PORT", "0");
    environment.put("CAREWIRE_POSTGRES_HOST", database.host());
    environment.put("CAREWIRE_POSTGRES_PORT", Integer.toString(database.port()));
    environment.put("CAREWIRE_POSTGRES_DATABASE", database.database());
    environment.put("CAREWIRE_POSTGRES_USER", database.user());
    environment.put("CAREWIRE_POSTGRES_PASSWORD", database.password());
    environment.put("CAREWIRE_REDIS_URI", TestRedis.uri());
    environment.put("CAREWIRE_TOKENS_SECRET", Tokens.SECRET);
    return environment;
  }

  private static Path file(Path folder) {
    try {
      return Files.writeString(folder.resolve("carewire.yaml"), "http:\n  host: 127.0.0.1\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port of a node that has started; 0 before. */
  static int port(MainProcess node) {
    return node.output()
        .lines()
        .filter(line -> line.contains("node.started"))
        .map(line -> Json.parse(line).path("port").asInt())
        .findFirst()
        .orElse(0);
  }
}
