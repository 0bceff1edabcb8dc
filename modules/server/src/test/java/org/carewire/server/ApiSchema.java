package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.List;

/** Tells whether a value is what a schema without references says. */
final class ApiSchema {
  private final Validator validator;

  private ApiSchema(JsonNode schema, Draft draft) {
    validator =
        Validator.create(
            JsonSchema.of(new JsonObject(schema.toString())),
            new JsonSchemaOptions()
                .setBaseUri("http://localhost/")
                .setDraft(draft)
                .setOutputFormat(OutputFormat.Basic));
  }

  /** As it is written. */
  static ApiSchema of(JsonNode schema) {
    return new ApiSchema(schema, Draft.DRAFT202012);
  }

  static ApiSchema ofDraft7(JsonNode schema) {
    return new ApiSchema(schema, Draft.DRAFT7);
  }

  /** With no field but those that it names: what the server sends must all be described. */
  static ApiSchema closed(JsonNode schema) {
    return of(close(schema.deepCopy(), true));
  }

  /** What is wrong with the value; empty where nothing is. */
  List<String> violations(JsonNode value) {
    OutputUnit outcome = validator.validate(Json.decodeValue(value.toString()));
    return Boolean.TRUE.equals(outcome.getValid())
        ? List.of()
        : outcome.getErrors().stream()
            .map(error -> error.getInstanceLocation() + ": " + error.getError())
            .toList();
  }

  boolean allows(JsonNode value) {
    return violations(value).isEmpty();
  }

  /**
   * Forbids undeclared fields here and below.
   *
   * @param whole whether it is all that is said of the value, not one of several schemas
   */
  private static JsonNode close(JsonNode schema, boolean whole) {
    if (!(schema instanceof ObjectNode object)) {
      return schema;
    }
    if (whole) {
      object.put("unevaluatedProperties", false);
    }
    object.path("properties").forEach(property -> close(property, true));
    close(object.path("items"), true);
    for (String several : List.of("allOf", "anyOf", "oneOf")) {
      if (object.get(several) instanceof ArrayNode schemas) {
        schemas.forEach(one -> close(one, false));
      }
    }
    return object;
  }
}
