package org.carewire.platform;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where Redis is.
 *
 * @param uris the server; some sentinels; some nodes of the cluster. User, password and protocol of
 *     the first, and its database, are those of all servers that are found by them
 * @param master the name under which the sentinels know it, in sentinel mode only
 */
public record RedisConfig(Mode mode, List<String> uris, @Nullable String master) {

  /** How Redis is run. */
  public enum Mode {
    STANDALONE,
    SENTINEL,
    CLUSTER
  }

  /** One server. */
  public static RedisConfig standalone(String uri) {
    return new RedisConfig(Mode.STANDALONE, List.of(uri), null);
  }

  /**
   * The URI of a server that another one has named.
   *
   * @param host as the other has it; empty where it means itself
   * @param teller its URI
   */
  String uriOf(String host, int port, String teller) {
    URI first = URI.create(uris.getFirst());
    String user = first.getRawUserInfo() == null ? "" : first.getRawUserInfo() + "@";
    String named = host.isEmpty() ? URI.create(teller).getHost() : host;
    String literal = named.contains(":") && !named.startsWith("[") ? "[" + named + "]" : named;
    String database = first.getPath().length() > 1 ? first.getPath() : "";
    return first.getScheme() + "://" + user + literal + ":" + port + database;
  }

  /** Those whose servers have no databases. */
  List<String> urisWithoutDatabase() {
    return uris.stream().map(uri -> uri.replaceFirst("(?<=[^/])/[0-9]*$", "")).toList();
  }

  /** Without user and password. */
  static String address(String uri) {
    return URI.create(uri).getAuthority().replaceFirst(".*@", "");
  }

  @Override
  public String toString() {
    return mode + uris.stream().map(RedisConfig::address).toList().toString();
  }
}
