package org.carewire.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One real PostgreSQL for the tests of a JVM: started when first asked for, stopped when the JVM
 * exits. It does not wait for its disk.
 */
public final class TestPostgres {
  private static final AtomicInteger DATABASES = new AtomicInteger();

  private TestPostgres() {}

  /** A new, empty database. */
  public static Database newDatabase() {
    EmbeddedPostgres server = Holder.SERVER;
    String name = "test_" + DATABASES.incrementAndGet();
    try (var connection = server.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("No database " + name, e);
    }
    return new Database("127.0.0.1", server.getPort(), name, "postgres", "postgres");
  }

  public record Database(String host, int port, String database, String user, String password) {
    public String jdbcUrl() {
      return "jdbc:postgresql://%s:%d/%s".formatted(host, port, database);
    }

    public Connection connect() throws SQLException {
      return DriverManager.getConnection(jdbcUrl(), user, password);
    }
  }

  private static final class Holder {
    static final EmbeddedPostgres SERVER = start();

    private static EmbeddedPostgres start() {
      try {
        return EmbeddedPostgres.builder().setServerConfig("max_connections", "500").start();
      } catch (IOException e) {
        throw new UncheckedIOException("PostgreSQL did not start", e);
      }
    }
  }
}
