package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.carewire.platform.ClusterConfig;
import org.carewire.platform.ClusterConfig.Join;
import org.carewire.testkit.Needed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What {@code deploy/} says about containers fits what the code does. */
class ComposeFileTest {
  private static final Path DEPLOY = Path.of("../../deploy");

  /** A value that must be given, with what is said to those who do not. */
  private static final Pattern REQUIRED = Pattern.compile("\\$\\{([A-Z_]+):\\?[^}]+}");

  private static final Pattern HEALTH_CHECK = Pattern.compile("(?m)^HEALTHCHECK .*CMD (\\[.*])$");
  private static final Pattern COPIED = Pattern.compile("(?m)^COPY (\\S+) ");
  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  private final JsonNode compose = compose();

  /** With what it takes over from elsewhere in the file. */
  private static JsonNode compose() {
    try {
      var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
      Object parsed = yaml.load(Files.readString(DEPLOY.resolve("compose.yaml")));
      return new ObjectMapper().valueToTree(parsed);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private JsonNode service(String name) {
    return compose.path("services").path(name);
  }

  private Map<String, String> environment(String service) {
    var environment = new HashMap<String, String>();
    service(service)
        .path("environment")
        .properties()
        .forEach(
            entry ->
                environment.put(
                    entry.getKey(),
                    REQUIRED.matcher(entry.getValue().asText()).replaceAll(SECRET)));
    return environment;
  }

  private CarewireConfig config(String node) {
    return CarewireConfig.read(new Settings(Map.of(), environment(node)), List.of());
  }

  @ParameterizedTest
  @ValueSource(strings = {"node-1", "node-2", "node-3"})
  void nodeIsConfiguredCompletelyAndByNothingUnknown(String node) {
    CarewireConfig config = config(node);

    ClusterConfig cluster = Objects.requireNonNull(config.cluster());
    String address = service(node).path("networks").path("carewire").path("ipv4_address").asText();
    assertThat(cluster.host()).isEqualTo(address);
    assertThat(((Join.Members) cluster.join()).addresses()).hasSize(3).contains(address);
  }

  @ParameterizedTest
  @ValueSource(strings = {"node-1", "node-2", "node-3"})
  void nodeHasTimeToStop(String node) {
    Matcher seconds =
        Pattern.compile("(\\d+)s").matcher(service(node).path("stop_grace_period").asText());

    assertThat(seconds.matches()).isTrue();
    assertThat(Duration.ofSeconds(Long.parseLong(seconds.group(1))))
        .isGreaterThan(config(node).node().stopTimeout());
  }

  @Test
  void noSecretIsInTheFile() throws IOException {
    String text = Files.readString(DEPLOY.resolve("compose.yaml"));

    assertThat(text.lines().filter(line -> line.matches(".*(SECRET|PASSWORD|_AUTH|_URI): .*")))
        .isNotEmpty()
        .allMatch(line -> REQUIRED.matcher(line).find());
  }

  /** The command of its container, but for the two paths, then nginx itself. */
  @Test
  void nginxTakesItsConfiguration(@TempDir Path folder) throws Exception {
    Needed.orSkip("nginx", NginxConfiguration.program().isPresent());
    String script = service("nginx").path("command").get(2).asText();
    String edit =
        script
            .substring(0, script.indexOf("exec nginx"))
            .replace("/carewire.conf >", DEPLOY.resolve("nginx/carewire.conf") + " >")
            .replace("/etc/nginx/conf.d/default.conf", folder + "/site.conf");
    run("sh", "-c", edit);

    String site = Files.readString(folder.resolve("site.conf"));
    for (String node : List.of("node-1", "node-2", "node-3")) {
      String address = Objects.requireNonNull(config(node).cluster()).host();
      assertThat(site).contains("server " + address + ":8080 ");
    }
    assertThat(site).doesNotContain("127.0.0.1:");
    Files.writeString(
        folder.resolve("nginx.conf"), NginxConfiguration.main(false, "stderr", "site.conf"));
    run(
        NginxConfiguration.program().orElseThrow().toString(),
        "-t",
        "-p",
        folder.toString(),
        "-c",
        folder.resolve("nginx.conf").toString(),
        "-e",
        "stderr");
  }

  @Test
  void healthCheckOfTheImageTellsReadyFromNotReady() throws Exception {
    Matcher check = HEALTH_CHECK.matcher(Files.readString(DEPLOY.resolve("Dockerfile")));
    assertThat(check.find()).isTrue();
    List<String> command =
        StreamSupport.stream(new YAMLMapper().readTree(check.group(1)).spliterator(), false)
            .map(JsonNode::asText)
            .toList();
    try (TestNode node = TestNode.start()) {
      String port = Integer.toString(node.management().getPort());
      String script = command.get(2).replace("8081", port);

      run("bash", "-c", script);
      assertThat(status("bash", "-c", script.replace("/health/ready", "/health/nonsense")))
          .isNotZero();
    }
  }

  @Test
  void whatTheImageIsMadeOfIsSentToTheBuilder() throws IOException {
    String ignored = Files.readString(DEPLOY.resolve("Dockerfile.dockerignore"));
    Matcher copied = COPIED.matcher(Files.readString(DEPLOY.resolve("Dockerfile")));

    assertThat(copied.results().map(result -> result.group(1)))
        .contains("modules/server/target/carewire.jar", "modules/server/target/lib", "conf")
        .allMatch(path -> ignored.contains("\n!" + path + "\n"));
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  private static int status(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
