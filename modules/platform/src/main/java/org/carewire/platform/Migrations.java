package org.carewire.platform;

import java.util.Locale;
import org.flywaydb.core.Flyway;

/**
 * Brings the database up to date. Flyway holds a lock meanwhile, so that several nodes may start at
 * once; it speaks JDBC and blocks.
 */
public final class Migrations {
  private static final int CONNECT_RETRIES = 10;

  /** In seconds: a server that is gone without a word, and what was found out, hold up little. */
  private static final String FINDING_THE_PRIMARY =
      "&targetServerType=primary&connectTimeout=2&hostRecheckSeconds=1";

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
    return "jdbc:postgresql://%s/%s?ApplicationName=carewire&sslmode=%s%s"
        .formatted(
            config.addresses(),
            config.database(),
            config.tls().name().toLowerCase(Locale.ROOT).replace('_', '-'),
            config.servers().size() == 1 ? "" : FINDING_THE_PRIMARY);
  }
}
