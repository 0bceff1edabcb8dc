package org.carewire.platform;

import java.util.Locale;
import org.flywaydb.core.Flyway;

/**
 * Brings the database up to date. Flyway holds a lock meanwhile, so that several nodes may start at
 * once; it speaks JDBC and blocks.
 */
public final class Migrations {
  private static final int CONNECT_RETRIES = 10;

  private Migrations() {}

  public static void run(PostgresConfig config) {
    Flyway.configure()
        .dataSource(jdbcUrl(config), config.user(), config.password())
        .connectRetries(CONNECT_RETRIES)
        .connectRetriesInterval(1)
        .locations("classpath:db/migration")
        .load()
        .migrate();
  }

  private static String jdbcUrl(PostgresConfig config) {
    return "jdbc:postgresql://%s:%d/%s?ApplicationName=carewire&sslmode=%s"
        .formatted(
            config.host(),
            config.port(),
            config.database(),
            config.tls().name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }
}
