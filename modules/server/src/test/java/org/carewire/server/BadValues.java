package org.carewire.server;

import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.Limits;
import org.jspecify.annotations.Nullable;

/** Requests that a schema forbids: no objects, or good ones with one thing wrong in them. */
final class BadValues {
  private static final List<JsonNode> OF_EACH_TYPE =
      List.of(
          IntNode.valueOf(5),
          IntNode.valueOf(-1),
          DoubleNode.valueOf(1.5),
          BooleanNode.TRUE,
          TextNode.valueOf(""),
          TextNode.valueOf("a b"),
          TextNode.valueOf("a:b"),
          array(),
          array(5),
          object());

  private final JsonNode good;
  private final List<JsonNode> requests = new ArrayList<>();

  private BadValues(JsonNode good) {
    this.good = good;
  }

  static List<JsonNode> of(JsonNode schema, JsonNode good) {
    var values = new BadValues(good);
    values.requests.addAll(about(schema));
    values.varyProperties(schema, JsonPointer.empty());
    ApiSchema allowed = ApiSchema.of(schema);
    return values.requests.stream().filter(request -> !allowed.allows(request)).toList();
  }

  /** Values of every type and size; which of them the schema forbids is for it to say. */
  static List<JsonNode> about(JsonNode schema) {
    var values = new ArrayList<>(OF_EACH_TYPE);
    for (String bound : List.of("minimum", "maximum")) {
      if (schema.has(bound)) {
        values.add(IntNode.valueOf(schema.get(bound).intValue() - 1));
        values.add(IntNode.valueOf(schema.get(bound).intValue() + 1));
      }
    }
    if (schema.has("maxLength")) {
      int max = schema.get("maxLength").intValue();
      values.add(TextNode.valueOf("x".repeat(max + 1)));
      values.add(TextNode.valueOf("x".repeat(Limits.FAR_BEYOND * max + 1)));
    }
    return values;
  }

  private void varyProperties(JsonNode schema, JsonPointer at) {
    for (var property : schema.path("properties").properties()) {
      JsonPointer field = at.appendProperty(property.getKey());
      add(field, null);
      vary(property.getValue(), field);
    }
    schema.path("allOf").forEach(one -> varyProperties(one, at));
  }

  private void vary(JsonNode schema, JsonPointer at) {
    about(schema).forEach(value -> add(at, value));
    varyProperties(schema, at);
    JsonNode value = good.at(at);
    if (schema.has("items") && !value.isEmpty()) {
      vary(schema.get("items"), at.appendIndex(0));
      int max = schema.get("maxItems").intValue();
      add(at, copies(value.get(0), max + 1));
      add(at, copies(value.get(0), Limits.FAR_BEYOND * max + 1));
    }
  }

  private static ArrayNode copies(JsonNode item, int count) {
    ArrayNode copies = array();
    for (int i = 0; i < count; i++) {
      copies.add(item);
    }
    return copies;
  }

  /** The good request with another value there, or without any. */
  private void add(JsonPointer at, @Nullable JsonNode value) {
    JsonNode request = good.deepCopy();
    JsonNode parent = request.at(at.head());
    if (parent instanceof ArrayNode list && value != null) {
      list.set(at.last().getMatchingIndex(), value);
    } else if (parent instanceof ObjectNode object) {
      object.remove(at.last().getMatchingProperty());
      if (value != null) {
        object.set(at.last().getMatchingProperty(), value);
      }
    }
    requests.add(request);
  }
}
