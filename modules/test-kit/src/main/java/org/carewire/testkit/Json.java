package org.carewire.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;

/** JSON in one line: {@code object("roomId", room, "limit", 5)}. */
public final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  /**
   * In turn a name and a value: a string, a number, a boolean, a {@link JsonNode} or a collection
   * of such.
   */
  public static ObjectNode object(Object... namesAndValues) {
    if (namesAndValues.length % 2 != 0) {
      throw new IllegalArgumentException("A name without a value");
    }
    ObjectNode object = MAPPER.createObjectNode();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.set((String) namesAndValues[i], node(namesAndValues[i + 1]));
    }
    return object;
  }

  public static ArrayNode array(Object... elements) {
    ArrayNode array = MAPPER.createArrayNode();
    for (Object element : elements) {
      array.add(node(element));
    }
    return array;
  }

  public static JsonNode parse(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("Not JSON: " + text.substring(0, Math.min(200, text.length())), e);
    }
  }

  /** As text; halves of surrogate pairs, which UTF-8 cannot carry, are escaped. */
  static String write(JsonNode node) {
    var text = new StringBuilder();
    node.toString()
        .codePoints()
        .forEach(
            point -> {
              if (Character.getType(point) == Character.SURROGATE) {
                text.append("\\u%04x".formatted(point));
              } else {
                text.appendCodePoint(point);
              }
            });
    return text.toString();
  }

  static byte[] bytes(JsonNode node) {
    try {
      return MAPPER.writeValueAsBytes(node);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static JsonNode node(Object value) {
    return value instanceof Collection<?> elements
        ? array(elements.toArray())
        : MAPPER.valueToTree(value);
  }
}
