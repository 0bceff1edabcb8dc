package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.testkit.Json.object;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.TestPostgres;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outside the demo mode a node starts with a whole configuration or says what is missing. */
class MainConfigurationTest {
  private static final String NOT_A_SECRET = "a-secret-of-26-characters-";

  @TempDir Path folder;

  @Test
  void withoutAConfigurationFileItSaysWhichOneIsMissing() {
    assertThat(refused(Map.of())).contains("conf/carewire.yaml").contains("CAREWIRE_CONFIG");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(refused(Map.of("CAREWIRE_CONFIG", "nowhere.yaml"))).contains("nowhere.yaml");
  }

  @Test
  void thereIsNoDefaultSecret() {
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
  void aShortSecretIsRefusedAndNotRepeated() {
    Map<String, String> environment = wholeEnvironment();
    environment.put("CAREWIRE_TOKENS_SECRET", NOT_A_SECRET);

    assertThat(refused(environment))
        .contains("tokens.secret has 26 bytes, but must have at least 32")
        .doesNotContain(NOT_A_SECRET);
  }

  @Test
  void aSlipOfThePenIsNamed() {
    Map<String, String> environment = wholeEnvironment();
    environment.put("CAREWIRE_HTTP_PROT", "8080");

    assertThat(refused(environment)).contains("CAREWIRE_HTTP_PROT");
  }

  @Test
  void aDatabaseThatRefusesIsNamedAndItsPasswordIsNot() {
    Map<String, String> environment = wholeEnvironment();
    environment.put("CAREWIRE_POSTGRES_DATABASE", "nobody_made_this");
    environment.put("CAREWIRE_POSTGRES_PASSWORD", NOT_A_SECRET);

    assertThat(refused(environment)).contains("nobody_made_this").doesNotContain(NOT_A_SECRET);
  }

  @Test
  void aWholeConfigurationStartsANodeWithoutTheDemosLogin() {
    try (MainProcess node = run(wholeEnvironment())) {
      assertThat(DemoFolder.await(Duration.ofSeconds(40), () -> WholeConfiguration.port(node) > 0))
          .as(node.output())
          .isTrue();
      var server = URI.create("http://127.0.0.1:" + WholeConfiguration.port(node));
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
  private String refused(Map<String, String> environment) {
    try (MainProcess node = run(environment)) {
      assertThat(node.awaitExit()).as(node.output()).isEqualTo(1);
      assertThat(node.output()).contains("Carewire cannot start. ").doesNotContain("\tat ");
      return node.output();
    }
  }

  private MainProcess run(Map<String, String> environment) {
    return MainProcess.run(folder, environment);
  }

  private Map<String, String> wholeEnvironment() {
    return WholeConfiguration.environment(folder, Databases.ONE);
  }

  private static final class Databases {
    static final TestPostgres.Database ONE = TestPostgres.newDatabase();
  }
}
