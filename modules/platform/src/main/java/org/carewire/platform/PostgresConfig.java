package org.carewire.platform;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Where PostgreSQL is.
 *
 * @param servers of which one is the primary, and which one may change
 * @param tls {@code disable}, {@code require} or {@code verify-full}
 * @param poolSize connections of one node
 */
public record PostgresConfig(
    List<ServerAddress> servers,
    String database,
    String user,
    String password,
    Tls tls,
    int poolSize) {

  /** How the connection is protected. */
  public enum Tls {
    DISABLE,
    REQUIRE,
    VERIFY_FULL
  }

  @Override
  public String toString() {
    return addresses() + "/" + database;
  }

  /** Of all servers, with commas between them. */
  String addresses() {
    return servers.stream().map(ServerAddress::toString).collect(Collectors.joining(","));
  }
}
