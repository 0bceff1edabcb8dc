package org.carewire.server;

import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.TestRedis;
import org.carewire.testkit.Tokens;

/** A node in this process, on free ports, with a database of its own. */
final class TestNode implements AutoCloseable {
  private final Node node;
  private final TestPostgres.Database database;
  private final String redisUri;

  private TestNode(Node node, TestPostgres.Database database, String redisUri) {
    this.node = node;
    this.database = database;
    this.redisUri = redisUri;
  }

  static TestNode start() {
    return start(Map.of());
  }

  /** A node whose configuration differs in the given keys. */
  static TestNode start(Map<String, String> settings) {
    return start(TestPostgres.newDatabase(), settings);
  }

  /** One of several nodes with the same database. */
  static TestNode start(TestPostgres.Database database, Map<String, String> settings) {
    Map<String, String> values = values(database, settings);
    CarewireConfig config = CarewireConfig.read(new Settings(values, Map.of()), List.of());
    return new TestNode(Node.start(config), database, redisUri(values));
  }

  /** A node with the users and visits of the demo. */
  static TestNode startDemo() {
    TestPostgres.Database database = TestPostgres.newDatabase();
    Map<String, String> values = values(database, Map.of());
    return new TestNode(Demo.node(new Settings(values, Map.of())), database, redisUri(values));
  }

  private static Map<String, String> values(
      TestPostgres.Database database, Map<String, String> settings) {
    var values = new HashMap<String, String>();
    values.put("http.host", "127.0.0.1");
    values.put("http.port", "0");
    values.put("management.port", "0");
    values.put("postgres.host", database.host());
    values.put("postgres.port", Integer.toString(database.port()));
    values.put("postgres.database", database.database());
    values.put("postgres.user", database.user());
    values.put("postgres.password", database.password());
    values.put("redis.uri", TestRedis.uri());
    values.put("tokens.secret", Tokens.SECRET);
    values.putAll(settings);
    return values;
  }

  private static String redisUri(Map<String, String> values) {
    return values.getOrDefault("redis.uri", "");
  }

  URI http() {
    return URI.create("http://127.0.0.1:" + node.httpPort());
  }

  URI webSocket() {
    return URI.create("ws://127.0.0.1:" + node.httpPort() + "/ws");
  }

  URI management() {
    return URI.create("http://127.0.0.1:" + node.managementPort());
  }

  TestPostgres.Database database() {
    return database;
  }

  String redisUri() {
    return redisUri;
  }

  /** How many nodes it sees in its cluster, itself included. */
  int nodes() {
    return 1 + node.platform().cluster().others().size();
  }

  /** What a counter of the node has come to. */
  double counter(String name, String... tags) {
    return node.platform().metrics().counter(name, tags).count();
  }

  @Override
  public void close() {
    node.close();
  }
}
