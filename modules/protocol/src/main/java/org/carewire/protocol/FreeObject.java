package org.carewire.protocol;

import com.fasterxml.jackson.databind.JsonNode;

/** The bounds of an object whose fields are the client's own: {@code metadata}, {@code data}. */
final class FreeObject {
  private FreeObject() {}

  static void check(JsonNode object, String at, Limits limits) {
    checkShape(object, at, limits);
    Fields.requireWithin(Json.write(object).length, limits.metadataBytes(), at, "bytes of JSON");
  }

  /** All but its size. */
  static void checkShape(JsonNode object, String at, Limits limits) {
    check(object, at, limits.metadataDepth());
  }

  private static void check(JsonNode node, String at, int depthLeft) {
    if (node.isTextual()) {
      Fields.requireUnicode(node.textValue(), at);
    }
    if (node.isDouble() && !Double.isFinite(node.doubleValue())) {
      throw Refusal.badRequest(at, at + " has a number that is too large");
    }
    if (!node.isContainerNode()) {
      return;
    }
    if (depthLeft == 0) {
      throw Refusal.badRequest(at, at + " is nested too deep");
    }
    node.properties()
        .forEach(
            field -> {
              Fields.requireUnicode(field.getKey(), at);
              check(field.getValue(), at, depthLeft - 1);
            });
    if (node.isArray()) {
      node.forEach(item -> check(item, at, depthLeft - 1));
    }
  }
}
