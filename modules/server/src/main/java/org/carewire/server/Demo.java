package org.carewire.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.carewire.gateway.GatewayConfig.Account;
import org.carewire.protocol.Role;
import org.carewire.protocol.UserId;

/** The demo mode: a node with servers, users and visits of its own. */
final class Demo implements AutoCloseable {
  static final String PASSWORD = "password123";
  static final List<Account> ACCOUNTS =
      List.of(
          account("patient", Role.PATIENT),
          account("provider", Role.PROVIDER),
          account("admin", Role.ADMIN));

  private final DemoServers servers;
  private final Node node;

  private Demo(DemoServers servers, Node node) {
    this.servers = servers;
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
    DemoServers.refuseOwn(environment);
    DemoServers servers = DemoServers.start(folder, progress);
    try {
      progress.accept("Starting Carewire …");
      return new Demo(servers, node(new Settings(servers.settings(), environment)));
    } catch (RuntimeException e) {
      servers.close();
      throw e;
    }
  }

  /** A node where the demo's users may log in, with their visits. */
  static Node node(Settings settings) {
    Node node = Node.start(CarewireConfig.read(settings, ACCOUNTS));
    try {
      DemoData.load(node.platform());
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  Node node() {
    return node;
  }

  @Override
  public void close() {
    node.close();
    servers.close();
  }
}
