package org.carewire.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.carewire.gateway.GatewayConfig.Account;
import org.carewire.protocol.Role;
import org.carewire.protocol.UserId;

/**
 * The demo mode: a node with a PostgreSQL, a Redis, users and visits of its own, all kept in one
 * folder.
 */
final class Demo implements AutoCloseable {
  static final String PASSWORD = "password123";
  static final List<Account> ACCOUNTS =
      List.of(
          account("patient", Role.PATIENT),
          account("provider", Role.PROVIDER),
          account("admin", Role.ADMIN));

  /** What the environment cannot set. */
  private static final List<String> OWN =
      List.of("CAREWIRE_POSTGRES_", "CAREWIRE_REDIS_", "CAREWIRE_TOKENS_SECRET");

  private static final int SECRET_BYTES = 32;

  private final DemoPostgres postgres;
  private final DemoRedis redis;
  private final Node node;

  private Demo(DemoPostgres postgres, DemoRedis redis, Node node) {
    this.postgres = postgres;
    this.redis = redis;
    this.node = node;
  }

  private static Account account(String name, Role role) {
    return new Account(name + "@example.com", PASSWORD, new UserId(name), role);
  }

  /**
   * Starts everything, or leaves nothing running.
   *
   * @param environment may set anything but the database, Redis and the secret, which is refused
   */
  static Demo start(Path folder, Map<String, String> environment, Consumer<String> progress) {
    DemoPostgres postgres = DemoPostgres.start(folder.resolve("postgres"), progress);
    try {
      DemoRedis redis = DemoRedis.start(folder.resolve("redis"), progress);
      try {
        progress.accept("Starting Carewire …");
        Node node = Node.start(config(folder, environment, postgres, redis));
        return loaded(new Demo(postgres, redis, node));
      } catch (RuntimeException e) {
        redis.close();
        throw e;
      }
    } catch (RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  private static Demo loaded(Demo demo) {
    try {
      DemoData.load(demo.node.platform());
      return demo;
    } catch (RuntimeException e) {
      demo.node.close();
      throw e;
    }
  }

  private static CarewireConfig config(
      Path folder, Map<String, String> environment, DemoPostgres postgres, DemoRedis redis) {
    environment.keySet().stream()
        .filter(name -> OWN.stream().anyMatch(name::startsWith))
        .findFirst()
        .ifPresent(
            name -> {
              throw new StartFailure(
                  "The demo mode has a PostgreSQL, a Redis and a secret of its own: unset " + name);
            });
    var values = new HashMap<String, String>();
    values.put("http.host", "127.0.0.1");
    values.put("postgres.host", postgres.host());
    values.put("postgres.port", Integer.toString(postgres.port()));
    values.put("postgres.database", postgres.database());
    values.put("postgres.user", postgres.user());
    values.put("postgres.password", postgres.password());
    values.put("redis.uri", redis.uri());
    values.put("tokens.secret", secret(folder.resolve("token-secret")));
    return CarewireConfig.read(new Settings(values, environment), ACCOUNTS);
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

  Node node() {
    return node;
  }

  @Override
  public void close() {
    node.close();
    redis.close();
    postgres.close();
  }
}
