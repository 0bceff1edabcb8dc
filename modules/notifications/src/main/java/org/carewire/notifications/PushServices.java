package org.carewire.notifications;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The push services that browsers may name: users choose where the server sends requests to, so it
 * sends none to anybody else.
 */
final class PushServices {
  private static final String ANY_BELOW = "*.";

  /** One, or all below a host. */
  private record Allowed(String origin, String scheme, String host, int port, boolean below) {
    static Allowed of(String origin) {
      // No URI has a star in its host.
      boolean below = origin.contains(ANY_BELOW);
      URI uri = URI.create(origin.replace(ANY_BELOW, ""));
      return new Allowed(origin, uri.getScheme(), lower(uri.getHost()), portOf(uri), below);
    }

    boolean has(URI uri) {
      String named = lower(uri.getHost());
      return scheme.equals(uri.getScheme())
          && port == portOf(uri)
          && (below ? named.endsWith("." + host) : named.equals(host));
    }
  }

  private final List<Allowed> allowed;

  PushServices(List<String> origins) {
    this.allowed = origins.stream().map(Allowed::of).toList();
  }

  /** The endpoint, if it is one of theirs. */
  Optional<URI> find(String endpoint) {
    try {
      var uri = new URI(endpoint);
      boolean isPlain =
          uri.getHost() != null
              && uri.getUserInfo() == null
              && uri.getFragment() == null
              && endpoint.equals(uri.toASCIIString());
      return isPlain && allowed.stream().anyMatch(service -> service.has(uri))
          ? Optional.of(uri)
          : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** Which of them an endpoint is of, as it was configured, however many hosts that has. */
  String serving(URI endpoint) {
    return allowed.stream()
        .filter(service -> service.has(endpoint))
        .findFirst()
        .orElseThrow()
        .origin();
  }

  static String origin(URI uri) {
    return uri.getScheme()
        + "://"
        + lower(uri.getHost())
        + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
  }

  private static String lower(String host) {
    return host.toLowerCase(Locale.ROOT);
  }

  private static int portOf(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
  }
}
