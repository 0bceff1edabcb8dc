package org.carewire.gateway;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.MultiMap;
import java.util.regex.Pattern;

/** The parameters of a query as a JSON object; what is written as a whole number is one. */
final class QueryJson {
  private static final Pattern WHOLE_NUMBER = Pattern.compile("-?[0-9]{1,18}");

  private QueryJson() {}

  static ObjectNode of(MultiMap parameters) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    parameters.forEach(
        (name, value) -> {
          if (WHOLE_NUMBER.matcher(value).matches()) {
            json.put(name, Long.parseLong(value));
          } else {
            json.put(name, value);
          }
        });
    return json;
  }
}
