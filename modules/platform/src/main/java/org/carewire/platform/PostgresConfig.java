package org.carewire.platform;

/**
 * Where PostgreSQL is.
 *
 * @param tls {@code disable}, {@code require} or {@code verify-full}
 * @param poolSize connections of one node
 */
public record PostgresConfig(
    String host, int port, String database, String user, String password, Tls tls, int poolSize) {

  /** How the connection is protected. */
  public enum Tls {
    DISABLE,
    REQUIRE,
    VERIFY_FULL
  }

  @Override
  public String toString() {
    return host + ":" + port + "/" + database;
  }
}
