package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.Json;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.TestRedis;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outside the demo mode a node starts with a whole configuration or says what is missing. */
class MainConfigurationTest {
  private static final String NOT_A_SECRET = "a-secret-of-26-characters-";

  @TempDir Path folder;

  @Test
  void withoutAConfigurationFileItSaysWhichOneIsMissing() throws IOException {
    assertThat(refused(Map.of())).contains("conf/carewire.yaml").contains("CAREWIRE_CONFIG");
  }

  @Test
  void aFileThatIsNotThereIsNamed() throws IOException {
    assertThat(refused(Map.of("CAREWIRE_CONFIG", "nowhere.yaml"))).contains("nowhere.yaml");
  }

  @Test
  void thereIsNoDefaultSecret() throws IOException {
    Map<String, String> environment = wholeEnvironment();
    environment.remove("CAREWIRE_TOKENS_SECRET");

    assertThat(refused(environment))
        .contains("tokens.secret or tokens.jwks is required")
        .contains("CAREWIRE_TOKENS_SECRET");
  }

  @Test
  void aJwksThatIsNoneIsNamed() throws IOException {
    Map<String, String> environment = wholeEnvironment();
    Path file = Files.writeString(folder.resolve("jwks.json"), "<html>" + NOT_A_SECRET);
    environment.put("CAREWIRE_TOKENS_JWKS", file.toString());

    assertThat(refused(environment))
        .contains("tokens.jwks is \"" + file + "\", which is no JWKS")
        .doesNotContain(NOT_A_SECRET);
  }

  @Test
  void aShortSecretIsRefusedAndNotRepeated() throws IOException {
    Map<String, String> environment = wholeEnvironment();
    environment.put("CAREWIRE_TOKENS_SECRET", NOT_A_SECRET);

    assertThat(refused(environment))
        .contains("tokens.secret has 26 bytes, but must have at least 32")
        .doesNotContain(NOT_A_SECRET);
  }

  @Test
  void aSlipOfThePenIsNamed() throws IOException {
    Map<String, String> environment = wholeEnvironment();
    environment.put("CAREWIRE_HTTP_PROT", "8080");

    assertThat(refused(environment)).contains("CAREWIRE_HTTP_PROT");
  }

  @Test
  void aDatabaseThatRefusesIsNamedAndItsPasswordIsNot() throws IOException {
    Map<String, String> environment = wholeEnvironment();
    environment.put("CAREWIRE_POSTGRES_DATABASE", "nobody_made_this");
    environment.put("CAREWIRE_POSTGRES_PASSWORD", NOT_A_SECRET);

    assertThat(refused(environment)).contains("nobody_made_this").doesNotContain(NOT_A_SECRET);
  }

  @Test
  void aWholeConfigurationStartsANodeWithoutTheDemosLogin() throws IOException {
    try (MainProcess node = run(wholeEnvironment())) {
      assertThat(DemoFolder.await(Duration.ofSeconds(40), () -> port(node) > 0))
          .as(node.output())
          .isTrue();
      var server = URI.create("http://127.0.0.1:" + port(node));
      var login = object("email", "patient@example.com", "password", Demo.PASSWORD);
      assertThat(ApiClient.withoutToken(server).post("/auth/login", login).status()).isEqualTo(404);
      assertThat(ApiClient.with(server, Tokens.admin("root")).get("/visits/visit-1").status())
          .as("there are no demo visits")
          .isEqualTo(404);
      assertThat(node.output().lines()).allMatch(line -> line.startsWith("{"), "is JSON");
      node.terminate();
      node.awaitExit();
    }
  }

  /** The output of a start that fails. */
  private String refused(Map<String, String> environment) throws IOException {
    try (MainProcess node = run(environment)) {
      assertThat(node.awaitExit()).as(node.output()).isEqualTo(1);
      assertThat(node.output()).contains("Carewire cannot start. ").doesNotContain("\tat ");
      return node.output();
    }
  }

  private MainProcess run(Map<String, String> environment) {
    return MainProcess.run(folder, environment);
  }

  private static int port(MainProcess node) {
    return node.output()
        .lines()
        .filter(line -> line.contains("node.started"))
        .map(line -> Json.parse(line).path("port").asInt())
        .findFirst()
        .orElse(0);
  }

  /** Everything that a node needs, the file being empty. */
  private Map<String, String> wholeEnvironment() throws IOException {
    TestPostgres.Database database = Databases.ONE;
    Path file = Files.writeString(folder.resolve("carewire.yaml"), "http:\n  host: 127.0.0.1\n");
    var environment = new HashMap<String, String>();
    environment.put("CAREWIRE_CONFIG", file.toString());
    environment.put("CAREWIRE_HTTP_PORT", "0");
    environment.put("CAREWIRE_MANAGEMENT_PORT", "0");
    environment.put("CAREWIRE_POSTGRES_HOST", database.host());
    environment.put("CAREWIRE_POSTGRES_PORT", Integer.toString(database.port()));
    environment.put("CAREWIRE_POSTGRES_DATABASE", database.database());
    environment.put("CAREWIRE_POSTGRES_USER", database.user());
    environment.put("CAREWIRE_POSTGRES_PASSWORD", database.password());
    environment.put("CAREWIRE_REDIS_URI", TestRedis.uri());
    environment.put("CAREWIRE_TOKENS_SECRET", Tokens.SECRET);
    return environment;
  }

  private static final class Databases {
    static final TestPostgres.Database ONE = TestPostgres.newDatabase();
  }
}
