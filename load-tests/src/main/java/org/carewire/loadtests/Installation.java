package org.carewire.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.carewire.testkit.Tokens;

/**
 * What all nodes have in common.
 *
 * @param root of the project
 * @param folder of their configuration file and output
 * @param flags of their JVMs
 * @param nodes where each listens
 */
record Installation(
    Path root,
    Path folder,
    List<String> flags,
    int postgresPort,
    String redisUri,
    List<Ports> nodes) {
  /** So high that none is ever reached: they are not what is measured. */
  private static final String NO_LIMIT = "16000000";

  private static final List<String> UNLIMITED =
      List.of(
          "MESSAGES_PER_SECOND",
          "MESSAGE_BURST",
          "REQUESTS_PER_SECOND",
          "REQUEST_BURST",
          "CALLS_PER_MINUTE",
          "CONNECTIONS_PER_SECOND",
          "CONNECTION_BURST");

  private static final List<String> ALWAYS =
      List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

  /** Where a node's output goes. */
  Path output(int node) {
    return folder.resolve(nodes.size() == 1 ? "server.log" : "server-" + (node + 1) + ".log");
  }

  /** What starts a node. */
  ProcessBuilder command(int node) throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(ALWAYS);
    command.add("-jar");
    command.add(root.resolve("modules/server/target/carewire.jar").toString());
    var builder = new ProcessBuilder(Pinning.server(command)).redirectErrorStream(true);
    configure(builder.environment(), nodes.get(node));
    return builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output(node).toFile()));
  }

  private void configure(Map<String, String> environment, Ports own) throws IOException {
    Path file = folder.resolve("carewire.yaml");
    Files.writeString(file, "# Everything is in the environment.\n");
    set(environment, "CONFIG", file);
    set(environment, "HTTP_HOST", Ports.HOST);
    set(environment, "HTTP_PORT", own.http());
    set(environment, "MANAGEMENT_PORT", own.management());
    set(environment, "TOKENS_SECRET", Tokens.SECRET);
    set(environment, "POSTGRES_HOST", Ports.HOST);
    set(environment, "POSTGRES_PORT", postgresPort);
    set(environment, "POSTGRES_DATABASE", "postgres");
    set(environment, "POSTGRES_USER", "postgres");
    set(environment, "POSTGRES_PASSWORD", "postgres");
    set(environment, "REDIS_URI", redisUri);
    if (nodes.size() > 1) {
      set(
          environment,
          "CLUSTER_MEMBERS",
          nodes.stream()
              .map(node -> Ports.HOST + ":" + node.cluster())
              .collect(Collectors.joining(",")));
      set(environment, "CLUSTER_HOST", Ports.HOST);
      set(environment, "CLUSTER_PORT", own.cluster());
      set(environment, "CLUSTER_BUS_PORT", own.bus());
    }
    // These the caller may set otherwise.
    UNLIMITED.forEach(name -> environment.putIfAbsent("CAREWIRE_LIMITS_" + name, NO_LIMIT));
    environment.putIfAbsent("CAREWIRE_LIMITS_LISTED_IDS", "5000");
  }

  private static void set(Map<String, String> environment, String name, Object value) {
    environment.put("CAREWIRE_" + name, value.toString());
  }
}
