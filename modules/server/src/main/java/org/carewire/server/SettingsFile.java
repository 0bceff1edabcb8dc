package org.carewire.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a YAML file of sections into keys such as {@code http.port}. */
final class SettingsFile {
  private SettingsFile() {}

  static Map<String, String> read(Path path) {
    try {
      return parse(Files.readString(path));
    } catch (JsonProcessingException e) {
      // Its text may repeat a secret.
      throw new StartFailure(
          path + " is not valid YAML: look at line " + e.getLocation().getLineNr());
    } catch (IOException e) {
      throw new StartFailure(
          "The configuration file " + path + " cannot be read; CAREWIRE_CONFIG names another", e);
    }
  }

  static Map<String, String> parse(String yaml) throws JsonProcessingException {
    var values = new LinkedHashMap<String, String>();
    flatten("", new YAMLMapper().readTree(yaml), values);
    return values;
  }

  private static void flatten(String key, JsonNode node, Map<String, String> values) {
    switch (node.getNodeType()) {
      case OBJECT ->
          node.properties()
              .forEach(
                  field ->
                      flatten(
                          key.isEmpty() ? field.getKey() : key + "." + field.getKey(),
                          field.getValue(),
                          values));
      case ARRAY -> values.put(key, String.join(",", texts(node)));
      case NULL, MISSING -> {}
      default -> values.put(key, node.asText());
    }
  }

  private static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(item -> texts.add(item.asText()));
    return texts;
  }
}
