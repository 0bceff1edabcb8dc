package org.carewire.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What the demo's nodes need: a PostgreSQL, a Redis and a secret, all kept in one folder. */
final class DemoServers implements AutoCloseable {
  /** What the environment cannot set. */
  private static final List<String> OWN =
      List.of("CAREWIRE_POSTGRES_", "CAREWIRE_REDIS_", "CAREWIRE_TOKENS_SECRET");

  private static final int SECRET_BYTES = 32;

  private final DemoPostgres postgres;
  private final DemoRedis redis;
  private final String secret;

  private DemoServers(DemoPostgres postgres, DemoRedis redis, String secret) {
    this.postgres = postgres;
    this.redis = redis;
    this.secret = secret;
  }

  /** Starts both, or leaves nothing running. */
  static DemoServers start(Path folder, Consumer<String> progress) {
    DemoPostgres postgres = DemoPostgres.start(folder.resolve("postgres"), progress);
    try {
      DemoRedis redis = DemoRedis.start(folder.resolve("redis"), progress);
      try {
        return new DemoServers(postgres, redis, secret(folder.resolve("token-secret")));
      } catch (RuntimeException e) {
        redis.close();
        throw e;
      }
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  /**
   * Refuses what the demo sets itself.
   *
   * @param more beginnings of variables beside those of the servers
   */
  static void refuseOwn(Map<String, String> environment, String... more) {
    environment.keySet().stream()
        .filter(name -> Stream.concat(OWN.stream(), Stream.of(more)).anyMatch(name::startsWith))
        .findFirst()
        .ifPresent(
            name -> {
              throw new StartFailure(
                  "The demo mode has a PostgreSQL, a Redis, a secret and, with several nodes, ports"
                      + " of its own: unset "
                      + name);
            });
  }

  /** A secret of this demo's own, kept so that tokens stay good over a restart. */
  private static String secret(Path file) {
    try {
      if (!Files.exists(file)) {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, HexFormat.of().formatHex(bytes), StandardCharsets.UTF_8);
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StartFailure("The folder of the demo cannot be written: " + file.getParent(), e);
    }
  }

  /** For a node, by key. */
  Map<String, String> settings() {
    return Map.of(
        "http.host", DemoFolder.HOST,
        "postgres.host", postgres.host(),
        "postgres.port", Integer.toString(postgres.port()),
        "postgres.database", postgres.database(),
        "postgres.user", postgres.user(),
        "postgres.password", postgres.password(),
        "redis.uri", redis.uri(),
        "push.contact", "mailto:operator@example.com",
        "tokens.secret", secret);
  }

  @Override
  public void close() {
    redis.close();
    postgres.close();
  }
}
