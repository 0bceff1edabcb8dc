package org.carewire.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.NullNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of one JSON object from outside. Whatever is missing, of the wrong type or
 * beyond its limit becomes a {@link Refusal} that names the field; {@code null} counts as absent,
 * and fields nobody asks for are ignored.
 */
public final class Fields {
  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

  private final JsonNode object;
  private final String path;
  private final Limits limits;

  private Fields(JsonNode object, String path, Limits limits) {
    this.object = object;
    this.path = path;
    this.limits = limits;
  }

  /**
   * Reads from the given object.
   *
   * @param data absent counts as an object without fields
   */
  public static Fields of(@Nullable JsonNode data, Limits limits) {
    if (data == null || data.isNull()) {
      return new Fields(NullNode.getInstance(), "", limits);
    }
    if (!data.isObject()) {
      throw Refusal.badRequest("data", "data must be an object");
    }
    return new Fields(data, "", limits);
  }

  public Limits limits() {
    return limits;
  }

  public boolean has(String name) {
    return node(name) != null;
  }

  /** The names of the fields, where they are the client's own. */
  public List<String> names() {
    var names = new ArrayList<String>(object.size());
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /** The name of a field, where that has a syntax of its own. */
  public <T> T parsedName(String name, Function<String, T> parser) {
    requireWithin(name.length(), 3 * IdSyntax.MAX_LENGTH, path + "*", "characters");
    return parse(name, parser, path + "*");
  }

  /** A text of at most {@code maxCharacters}. */
  public @Nullable String text(String name, int maxCharacters) {
    JsonNode node = node(name);
    return node == null ? null : textOf(node, path + name, maxCharacters);
  }

  public String requiredText(String name, int maxCharacters) {
    return required(name, text(name, maxCharacters));
  }

  /** Something with a syntax of its own, such as an id. */
  public <T> @Nullable T parsed(String name, Function<String, T> parser) {
    // Nothing that is parsed is longer than a chat's room id.
    String text = text(name, 3 * IdSyntax.MAX_LENGTH);
    return text == null ? null : parse(text, parser, path + name);
  }

  public <T> T requiredParsed(String name, Function<String, T> parser) {
    return required(name, parsed(name, parser));
  }

  public <T> List<T> parsedList(String name, Function<String, T> parser) {
    return parsedList(name, limits.listedIds(), parser);
  }

  /** As the other one, with a limit of its own. */
  public <T> List<T> parsedList(String name, int maxItems, Function<String, T> parser) {
    return list(
        name, maxItems, (item, at) -> parse(textOf(item, at, 3 * IdSyntax.MAX_LENGTH), parser, at));
  }

  /** Texts of at most {@code maxCharacters} each. */
  public List<String> texts(String name, int maxItems, int maxCharacters) {
    return list(name, maxItems, (item, at) -> textOf(item, at, maxCharacters));
  }

  /** Objects, each read by {@code reader}. */
  public <T> List<T> objects(String name, int maxItems, Function<Fields, T> reader) {
    return list(
        name,
        maxItems,
        (item, at) -> {
          if (!item.isObject()) {
            throw Refusal.badRequest(at, at + " must be an object");
          }
          return reader.apply(new Fields(item, at + ".", limits));
        });
  }

  /** A whole number within bounds. */
  public int integer(String name, int min, int max, int otherwise) {
    JsonNode node = node(name);
    if (node == null) {
      return otherwise;
    }
    if (!node.canConvertToInt() || !node.isIntegralNumber()) {
      throw Refusal.badRequest(path + name, path + name + " must be a whole number");
    }
    if (node.intValue() < min || node.intValue() > max) {
      throw Refusal.badRequest(
          path + name, path + name + " must be between " + min + " and " + max);
    }
    return node.intValue();
  }

  public boolean requiredFlag(String name) {
    JsonNode node = required(name, node(name));
    if (!node.isBoolean()) {
      throw Refusal.badRequest(path + name, path + name + " must be true or false");
    }
    return node.booleanValue();
  }

  public @Nullable Boolean flag(String name) {
    return has(name) ? (Boolean) requiredFlag(name) : null;
  }

  /** A number within bounds. */
  public @Nullable Double number(String name, double min, double max) {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    if (!node.isNumber()) {
      throw Refusal.badRequest(path + name, path + name + " must be a number");
    }
    double value = node.doubleValue();
    if (!(value >= min && value <= max)) {
      throw Refusal.badRequest(
          path + name, path + name + " must be between " + (long) min + " and " + (long) max);
    }
    return value;
  }

  /** An object or a text that is passed on as it is, of at most {@code maxBytes} of JSON. */
  public RawJson requiredJson(String name, int maxBytes) {
    JsonNode node = required(name, node(name));
    String at = path + name;
    if (!node.isObject() && !node.isTextual()) {
      throw Refusal.badRequest(at, at + " must be an object or a text");
    }
    RawJson json = Json.raw(node);
    requireWithin(json.utf8().length, maxBytes, at, "bytes of JSON");
    FreeObject.checkShape(node, at, limits);
    return json;
  }

  /** A position in a room's log: a whole number of 0 or more. */
  public @Nullable Long offset(String name) {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw Refusal.badRequest(path + name, path + name + " must be an offset: 0, 1, 2 ...");
    }
    return node.longValue();
  }

  public boolean isNumber(String name) {
    JsonNode node = node(name);
    return node != null && node.isNumber();
  }

  public @Nullable Instant time(String name) {
    return parsed(
        name,
        text -> {
          try {
            Instant time = Instant.parse(text);
            if (!time.isBefore(EARLIEST) && time.isBefore(LATEST)) {
              return time;
            }
          } catch (DateTimeParseException e) {
            // Refused below.
          }
          throw Refusal.badRequest("A time is ISO-8601 in UTC, such as 2026-01-31T09:30:00.000Z");
        });
  }

  /** An object of the client's own, within the limits for {@code metadata}. */
  public @Nullable JsonNode freeObject(String name) {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    String at = path + name;
    if (!node.isObject()) {
      throw Refusal.badRequest(at, at + " must be an object");
    }
    FreeObject.check(node, at, limits);
    return node;
  }

  /** The field as an object to be read in turn. */
  public @Nullable Fields object(String name) {
    JsonNode node = node(name);
    if (node == null) {
      return null;
    }
    if (!node.isObject()) {
      throw Refusal.badRequest(path + name, path + name + " must be an object");
    }
    return new Fields(node, path + name + ".", limits);
  }

  /** What {@code parser} refuses is refused in the name of the field. */
  private static <T> T parse(String text, Function<String, T> parser, String at) {
    try {
      return parser.apply(text);
    } catch (Refusal refusal) {
      throw refusal.at(at);
    }
  }

  static void requireUnicode(String text, String at) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0) {
        throw Refusal.badRequest(at, at + " must not contain the character U+0000");
      }
      if (Character.isSurrogate(c)) {
        boolean paired =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!paired) {
          throw Refusal.badRequest(at, at + " has half of a surrogate pair");
        }
        i++;
      }
    }
  }

  private interface ItemReader<T> {
    T read(JsonNode item, String at);
  }

  private <T> List<T> list(String name, int maxItems, ItemReader<T> reader) {
    JsonNode node = node(name);
    if (node == null) {
      return List.of();
    }
    String at = path + name;
    if (!node.isArray()) {
      throw Refusal.badRequest(at, at + " must be a list");
    }
    requireWithin(node.size(), maxItems, at, "items");
    var items = new ArrayList<T>(node.size());
    for (int i = 0; i < node.size(); i++) {
      items.add(reader.read(node.get(i), at + "[" + i + "]"));
    }
    return items;
  }

  private static String textOf(JsonNode node, String at, int maxCharacters) {
    if (node.getNodeType() != JsonNodeType.STRING) {
      throw Refusal.badRequest(at, at + " must be a text");
    }
    String text = node.textValue();
    requireWithin(text.length(), maxCharacters, at, "characters");
    requireUnicode(text, at);
    return text;
  }

  static void requireWithin(int size, int limit, String at, String unit) {
    if (size > limit) {
      String text = at + " is beyond " + limit + " " + unit;
      throw size > (long) limit * Limits.FAR_BEYOND
          ? Refusal.tooLarge(at, text)
          : Refusal.badRequest(at, text);
    }
  }

  private <T> T required(String name, @Nullable T value) {
    if (value == null) {
      throw Refusal.badRequest(path + name, path + name + " is required");
    }
    return value;
  }

  private @Nullable JsonNode node(String name) {
    JsonNode node = object.get(name);
    return node == null || node.isNull() ? null : node;
  }
}
