package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.carewire.testkit.Tokens;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** What {@code conf/carewire.yaml} says is what the code does. */
class ConfigurationFileTest {
  private static final Path FILE = Path.of("../../conf/carewire.yaml");

  /**
   * The {@code #} of a section or setting that is commented out; prose begins with {@code "# "}.
   */
  private static final Pattern COMMENT_SIGN = Pattern.compile("(?m)^#(?=(?: {2})?[a-zA-Z]+:)");

  /** The secret of the file is one that nobody can run with. */
  private static final Map<String, String> SECRET = Map.of("CAREWIRE_TOKENS_SECRET", Tokens.SECRET);

  static final Set<String> REQUIRED =
      Set.of(
          "postgres.host", "postgres.database", "postgres.user", "postgres.password", "redis.uri");

  @Test
  void asShippedItSetsNothing() {
    assertThat(SettingsFile.read(FILE)).isEmpty();
  }

  @Test
  void whatItShowsAreTheDefaults() throws IOException {
    Map<String, String> all = uncommented();
    var required = new HashMap<>(all);
    required.keySet().retainAll(REQUIRED);

    assertThat(read(all, SECRET)).isEqualTo(read(required, SECRET));
  }

  @Test
  void everyKeyTheCodeAsksForIsThereAndNoOther() throws IOException {
    var asked = new HashSet<String>();
    var values =
        new HashMap<String, String>(uncommented()) {
          @Override
          public @Nullable String get(Object key) {
            asked.add(String.valueOf(key));
            return super.get(key);
          }
        };

    read(values, SECRET);

    assertThat(asked).isNotEmpty().isEqualTo(values.keySet());
  }

  @Test
  void secretThatItShowsIsRefused() throws IOException {
    Map<String, String> all = uncommented();

    assertThatThrownBy(() -> read(all, Map.of()))
        .isInstanceOf(StartFailure.class)
        .hasMessageContaining("tokens.secret");
  }

  @Test
  void oneOfTwoKeysForTokensIsRequiredAndBothAreShownWithTheirVariables() throws IOException {
    Map<String, String> others = uncommented();
    others.remove("tokens.secret");
    others.remove("tokens.jwks");

    assertThatThrownBy(() -> read(others, Map.of()))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith("tokens.secret or tokens.jwks is required")
        .hasMessageEndingWith("CAREWIRE_TOKENS_SECRET or CAREWIRE_TOKENS_JWKS");
    assertThat(Files.readString(FILE))
        .contains("REQUIRED, this one or jwks, or CAREWIRE_TOKENS_SECRET.")
        .contains("REQUIRED, this one or secret, or CAREWIRE_TOKENS_JWKS.");
  }

  @ParameterizedTest
  @FieldSource("REQUIRED")
  void requiredKeyIsShownWithItsVariable(String key) throws IOException {
    Map<String, String> others = uncommented();
    others.put("tokens.secret", Tokens.SECRET);
    others.remove(key);
    String variable = "CAREWIRE_" + key.replace('.', '_').toUpperCase(Locale.ROOT);

    assertThatThrownBy(() -> read(others, Map.of()))
        .isInstanceOf(StartFailure.class)
        .hasMessageStartingWith(key + " is required")
        .hasMessageEndingWith(variable);
    assertThat(Files.readString(FILE)).contains("# REQUIRED, or " + variable + ".");
  }

  /** What the file says with every setting uncommented. */
  private static Map<String, String> uncommented() throws IOException {
    return SettingsFile.parse(COMMENT_SIGN.matcher(Files.readString(FILE)).replaceAll(""));
  }

  private static CarewireConfig read(Map<String, String> file, Map<String, String> environment) {
    return CarewireConfig.read(new Settings(file, environment), List.of());
  }
}
