package org.carewire.server;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.carewire.gateway.GatewayConfig;
import org.carewire.gateway.GatewayConfig.Algorithm;
import org.jspecify.annotations.Nullable;

/** The section {@code tokens} of the configuration. */
final class TokenSettings {
  private static final String SECRET = "tokens.secret";
  private static final String JWKS = "tokens.jwks";
  private static final String ALGORITHMS = "tokens.algorithms";

  private TokenSettings() {}

  static GatewayConfig.Tokens read(Settings settings) {
    String secret = secret(settings);
    URI jwks = jwks(settings);
    if (secret == null && jwks == null) {
      throw new StartFailure(
          "%s or %s is required: set one of them, or both, in the configuration file or as %s or %s"
              .formatted(
                  SECRET, JWKS, Settings.environmentName(SECRET), Settings.environmentName(JWKS)));
    }
    return new GatewayConfig.Tokens(
        secret,
        jwks,
        algorithms(settings, jwks),
        settings.optional("tokens.issuer"),
        settings.optional("tokens.audience"),
        settings.duration("tokens.leeway", Duration.ZERO, Duration.ofSeconds(30)));
  }

  private static @Nullable String secret(Settings settings) {
    String secret = settings.optional(SECRET);
    int bytes = secret == null ? 0 : secret.getBytes(StandardCharsets.UTF_8).length;
    if (secret != null && bytes < GatewayConfig.Tokens.MIN_SECRET_BYTES) {
      throw new StartFailure(
          SECRET
              + " has "
              + bytes
              + " bytes, but must have at least "
              + GatewayConfig.Tokens.MIN_SECRET_BYTES);
    }
    return secret;
  }

  private static @Nullable URI jwks(Settings settings) {
    String value = settings.optional(JWKS);
    if (value == null) {
      return null;
    }
    try {
      if (!value.contains("://")) {
        return Path.of(value).toAbsolutePath().toUri();
      }
      URI url = new URI(value).parseServerAuthority();
      if (Set.of("http", "https").contains(url.getScheme())
          && url.getHost() != null
          && url.getUserInfo() == null) {
        return url;
      }
    } catch (IllegalArgumentException | URISyntaxException e) {
      // Refused below.
    }
    // The value may hold a password.
    throw new StartFailure(
        JWKS
            + " must be the path of a file, or a URL such as https://id.example.com/jwks.json"
            + " without user and password");
  }

  private static Set<Algorithm> algorithms(Settings settings, @Nullable URI jwks) {
    List<String> names = settings.list(ALGORITHMS);
    if (names.isEmpty()) {
      return EnumSet.allOf(Algorithm.class);
    }
    if (jwks == null) {
      throw new StartFailure(
          ALGORITHMS
              + " is about the keys of "
              + JWKS
              + ", which is not set; a secret is for HS256");
    }
    var algorithms = EnumSet.noneOf(Algorithm.class);
    for (String name : names) {
      algorithms.add(
          Stream.of(Algorithm.values())
              .filter(algorithm -> algorithm.name().equals(name))
              .findFirst()
              .orElseThrow(() -> Settings.wrong(ALGORITHMS, name, "RS256, ES256 or both")));
    }
    return algorithms;
  }

  /** The refusal of a file that was of no use when the node started. */
  static StartFailure notRead(URI jwks, IOException failure) {
    return new StartFailure(
        "%s is \"%s\", which %s".formatted(JWKS, Path.of(jwks), failure.getMessage()), failure);
  }
}
