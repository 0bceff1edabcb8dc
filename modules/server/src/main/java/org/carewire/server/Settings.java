package org.carewire.server;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.carewire.platform.ServerAddress;
import org.jspecify.annotations.Nullable;

/**
 * The values of the configuration by key, as {@code http.port}. The environment wins: there the key
 * is {@code CAREWIRE_HTTP_PORT}, and that of {@code http.forwardedHeaders} is {@code
 * CAREWIRE_HTTP_FORWARDED_HEADERS}. What is wrong is refused, naming the key; a value that may be a
 * secret is not repeated.
 */
final class Settings {
  static final String ENVIRONMENT_PREFIX = "CAREWIRE_";

  private static final int MAX_PORT = 65_535;
  private static final Pattern ADDRESS =
      Pattern.compile("(?:\\[([0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)]|([^\\s:/\\[\\]]+))(?::([0-9]{1,5}))?");
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m)");

  /** What Kubernetes sets for a service of the name carewire. */
  private static final Pattern SERVICE_LINK =
      Pattern.compile("CAREWIRE_(SERVICE_(HOST|PORT(_.+)?)|PORT(_.+)?)");

  private static final Pattern CAMEL_HUMP = Pattern.compile("([a-z])([A-Z])");

  private final Map<String, String> file;
  private final Map<String, String> environment;
  private final Set<String> known = new HashSet<>();

  Settings(Map<String, String> file, Map<String, String> environment) {
    this.file = file;
    this.environment = environment;
  }

  String required(String key) {
    String value = optional(key);
    if (value == null) {
      throw new StartFailure(
          key + " is required: set it in the configuration file or as " + environmentName(key));
    }
    return value;
  }

  @Nullable String optional(String key) {
    known.add(key);
    String value = environment.getOrDefault(environmentName(key), file.get(key));
    return value == null || value.isBlank() ? null : value;
  }

  String text(String key, String otherwise) {
    String value = optional(key);
    return value == null ? otherwise : value;
  }

  int integer(String key, int min, int max, int otherwise) {
    String value = optional(key);
    if (value == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Refused below.
    }
    throw wrong(key, value, "a whole number between " + min + " and " + max);
  }

  boolean flag(String key, boolean otherwise) {
    String value = text(key, Boolean.toString(otherwise));
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, value, "true or false");
    };
  }

  Duration duration(String key, Duration min, Duration otherwise) {
    String value = optional(key);
    if (value == null) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(value);
    if (matcher.matches()) {
      long number = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
          };
      if (duration.compareTo(min) >= 0) {
        return duration;
      }
    }
    throw wrong(
        key, value, "a time such as 300ms, 10s or 2m, and at least " + min.toMillis() + "ms");
  }

  /** Values with commas between them. */
  List<String> list(String key) {
    String value = optional(key);
    return value == null ? List.of() : Arrays.stream(value.split(",")).map(String::trim).toList();
  }

  /**
   * Servers, with commas between them: {@code host}, {@code host:port} or {@code [::1]:port}.
   *
   * @param port of those without one
   */
  List<ServerAddress> addresses(String key, int port) {
    required(key);
    return list(key).stream().map(value -> address(key, value, port)).toList();
  }

  private static ServerAddress address(String key, String value, int port) {
    Matcher matcher = ADDRESS.matcher(value);
    if (matcher.matches()) {
      String literal = matcher.group(1);
      String own = matcher.group(3);
      int ownPort = own == null ? port : Integer.parseInt(own);
      if (ownPort >= 1 && ownPort <= MAX_PORT) {
        return new ServerAddress(literal == null ? matcher.group(2) : literal, ownPort);
      }
    }
    throw wrong(key, value, "a host, host:port or [IPv6 address]:port");
  }

  <E extends Enum<E>> E word(String key, Class<E> words, E otherwise) {
    String value = optional(key);
    return value == null ? otherwise : word(key, value, words);
  }

  <E extends Enum<E>> Set<E> words(String key, Class<E> words, Set<E> otherwise) {
    List<String> values = list(key);
    return values.isEmpty()
        ? otherwise
        : values.stream().map(value -> word(key, value, words)).collect(Collectors.toSet());
  }

  private static <E extends Enum<E>> E word(String key, String value, Class<E> words) {
    for (E word : words.getEnumConstants()) {
      if (wireName(word).equals(value)) {
        return word;
      }
    }
    throw wrong(
        key,
        value,
        "one of "
            + String.join(
                ", ", Arrays.stream(words.getEnumConstants()).map(Settings::wireName).toList()));
  }

  private static String wireName(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static StartFailure wrong(String key, String value, String wanted) {
    return new StartFailure(key + " is \"" + value + "\", but must be " + wanted);
  }

  /** Refuses what nobody has asked for: most likely a slip of the pen. */
  void refuseUnknown() {
    var unknown = new TreeSet<>(file.keySet());
    unknown.removeAll(known);
    Set<String> knownNames = new HashSet<>();
    known.forEach(key -> knownNames.add(environmentName(key)));
    environment.keySet().stream()
        .filter(name -> name.startsWith(ENVIRONMENT_PREFIX) && !knownNames.contains(name))
        .filter(name -> !SERVICE_LINK.matcher(name).matches())
        .forEach(unknown::add);
    if (!unknown.isEmpty()) {
      throw new StartFailure(
          "There is no such setting: "
              + String.join(", ", unknown)
              + ". conf/carewire.yaml lists them all.");
    }
  }

  static String environmentName(String key) {
    return ENVIRONMENT_PREFIX
        + CAMEL_HUMP.matcher(key).replaceAll("$1_$2").replace('.', '_').toUpperCase(Locale.ROOT);
  }
}
