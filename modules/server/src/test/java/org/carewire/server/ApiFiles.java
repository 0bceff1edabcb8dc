package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The descriptions of the API, as they are served, and with every reference in its place. */
final class ApiFiles {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  static final JsonNode OPEN_API_AS_IT_IS = read("openapi.yaml");
  static final JsonNode ASYNC_API_AS_IT_IS = read("asyncapi.yaml");

  /** Without any {@code $ref}. */
  static final JsonNode OPEN_API = resolved(OPEN_API_AS_IT_IS, OPEN_API_AS_IT_IS);

  /** Without any {@code $ref}. */
  static final JsonNode ASYNC_API = resolved(ASYNC_API_AS_IT_IS, ASYNC_API_AS_IT_IS);

  private ApiFiles() {}

  private static JsonNode read(String name) {
    try (InputStream in = ApiFiles.class.getResourceAsStream("/org/carewire/gateway/api/" + name)) {
      return YAML.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  /** Events may refer to what the HTTP API has, not the other way round. */
  private static JsonNode resolved(JsonNode node, JsonNode file) {
    if (node.path("$ref").isTextual()) {
      String reference = node.get("$ref").textValue();
      JsonNode target = reference.startsWith("./openapi.yaml#") ? OPEN_API_AS_IT_IS : file;
      JsonNode found = target.at(reference.substring(reference.indexOf('#') + 1));
      if (found.isMissingNode()) {
        throw new AssertionError("There is no " + reference);
      }
      return resolved(found, target);
    }
    if (node.isObject()) {
      ObjectNode object = YAML.createObjectNode();
      node.properties()
          .forEach(field -> object.set(field.getKey(), resolved(field.getValue(), file)));
      return object;
    }
    if (node.isArray()) {
      ArrayNode array = YAML.createArrayNode();
      node.forEach(item -> array.add(resolved(item, file)));
      return array;
    }
    return node;
  }
}
