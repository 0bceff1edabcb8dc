package org.carewire.server;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.EventCatalog;
import org.carewire.protocol.Limits;
import org.carewire.protocol.ServerEvent;
import org.junit.jupiter.api.Test;

/** The descriptions of the API are valid, and name what the code has. */
class ApiDescriptionTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String OPEN_API_SCHEMA =
      "https://spec.openapis.org/oas/3.1/schema/2022-10-07";
  private static final String SCHEMA_OF_SCHEMAS = "https://spec.openapis.org/oas/3.1/dialect/base";
  private static final List<String> SIZES = List.of("maxLength", "maxItems");

  @Test
  void httpIsDescribedByValidOpenApi() {
    Vertx vertx = Vertx.vertx();
    try {
      SchemaRepository standards = OpenAPIVersion.V3_1.getRepository(vertx, "app://").await();
      assertValid(standards, OPEN_API_SCHEMA, ApiFiles.OPEN_API_AS_IT_IS);
      // The standard's own schema leaves those in it to others.
      for (JsonNode schema : ApiFiles.OPEN_API_AS_IT_IS.at("/components/schemas")) {
        assertValid(standards, SCHEMA_OF_SCHEMAS, schema);
      }
      for (JsonNode schema : ApiFiles.OPEN_API_AS_IT_IS.findValues("schema")) {
        assertValid(standards, SCHEMA_OF_SCHEMAS, schema);
      }
    } finally {
      vertx.close().await();
    }
  }

  private static void assertValid(SchemaRepository standards, String schema, JsonNode value) {
    OutputUnit outcome = standards.validator(schema).validate(new JsonObject(value.toString()));
    assertThat(outcome.getValid()).as("%s %s", outcome.getErrors(), value).isTrue();
  }

  @Test
  void eventsAreDescribedByValidAsyncApi() throws IOException {
    JsonNode schema;
    try (InputStream in = getClass().getResourceAsStream("asyncapi-3.0.0.schema.json")) {
      schema = JSON.readTree(in);
    }

    assertThat(ApiSchema.ofDraft7(schema).violations(ApiFiles.ASYNC_API_AS_IT_IS)).isEmpty();
  }

  @Test
  void examplesAreWhatTheirSchemasSay() {
    for (JsonNode description : List.of(ApiFiles.OPEN_API, ApiFiles.ASYNC_API)) {
      for (JsonNode schema : description.findParents("examples")) {
        schema.get("examples").forEach(example -> assertValid(schema, example));
      }
      for (JsonNode described : description.findParents("example")) {
        assertValid(described.get("schema"), described.get("example"));
      }
    }
  }

  private static void assertValid(JsonNode schema, JsonNode example) {
    assertThat(ApiSchema.closed(schema).violations(example)).as("%s", example).isEmpty();
  }

  @Test
  void requestsAreThoseOfTheCatalogue() {
    var names = new ArrayList<>(EventCatalog.clientEventNames());
    names.add(EventCatalog.SESSION_HELLO);
    names.add(EventCatalog.SESSION_REFRESH);

    assertThat(namesOfMessages("receive")).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void eventsAreThoseTheServerSends() {
    assertThat(namesOfMessages("send"))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(ServerEvent.values()).map(ServerEvent::wireName).toList());
  }

  @Test
  void everyMessageIsOfAnOperation() {
    var used = new ArrayList<JsonNode>();
    for (JsonNode operation : ApiFiles.ASYNC_API.get("operations")) {
      operation.get("messages").forEach(used::add);
      operation.at("/reply/messages").forEach(used::add);
    }

    assertThat(used)
        .containsExactlyInAnyOrderElementsOf(ApiFiles.ASYNC_API.at("/channels/session/messages"))
        .containsExactlyInAnyOrderElementsOf(ApiFiles.ASYNC_API.at("/components/messages"));
  }

  @Test
  void errorCodesAreThoseOfTheCode() {
    assertThat(ApiFiles.OPEN_API.at("/components/schemas/ErrorCode/enum"))
        .extracting(JsonNode::asText)
        .containsExactlyElementsOf(Arrays.stream(ErrorCode.values()).map(Enum::name).toList());
  }

  @Test
  void closeCodesAreThoseOfTheCode() {
    Set<String> codes =
        Arrays.stream(CloseCode.values())
            .map(code -> Integer.toString(code.value()))
            .collect(Collectors.toSet());

    assertThat(ApiFiles.ASYNC_API.get("x-closeCodes").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrderElementsOf(codes);
  }

  @Test
  void limitsAreThoseOfTheCode() {
    JsonNode limits = JSON.valueToTree(Limits.DEFAULT);

    assertThat((Object) ApiFiles.ASYNC_API.get("x-limits")).isEqualTo(limits);
  }

  @Test
  void limitsInSchemasAreThoseOfTheCode() {
    var stated = new TreeMap<String, Integer>();
    for (JsonNode description : List.of(ApiFiles.OPEN_API, ApiFiles.ASYNC_API)) {
      description.findParents("x-limit").forEach(schema -> stateLimit(stated, schema));
      for (String extension : List.of("x-maxBytes", "x-maxDepth")) {
        description
            .findValues(extension)
            .forEach(limit -> state(stated, limit.get("limit").asText(), limit.get("default")));
      }
    }

    assertThat(stated)
        .isEqualTo(
            Map.ofEntries(
                entry("messageCharacters", Limits.DEFAULT.messageCharacters()),
                entry("attachments", Limits.DEFAULT.attachments()),
                entry("attachmentCharacters", Limits.DEFAULT.attachmentCharacters()),
                entry("metadataBytes", Limits.DEFAULT.metadataBytes()),
                entry("metadataDepth", Limits.DEFAULT.metadataDepth()),
                entry("titleCharacters", Limits.DEFAULT.titleCharacters()),
                entry("notificationCharacters", Limits.DEFAULT.notificationCharacters()),
                entry("reasonCharacters", Limits.DEFAULT.reasonCharacters()),
                entry("customStatusCharacters", Limits.DEFAULT.customStatusCharacters()),
                entry("signalBytes", Limits.DEFAULT.signalBytes()),
                entry("listedIds", Limits.DEFAULT.listedIds()),
                entry("notifiedUsers", Limits.DEFAULT.notifiedUsers())));
  }

  private static void stateLimit(Map<String, Integer> stated, JsonNode schema) {
    JsonNode size = SIZES.stream().filter(schema::has).map(schema::get).findFirst().orElseThrow();
    state(stated, schema.get("x-limit").asText(), size);
  }

  private static void state(Map<String, Integer> stated, String limit, JsonNode number) {
    Integer before = stated.put(limit, number.asInt());
    assertThat(before == null || before == number.asInt()).as(limit).isTrue();
  }

  private static List<String> namesOfMessages(String action) {
    var names = new ArrayList<String>();
    for (JsonNode operation : ApiFiles.ASYNC_API.get("operations")) {
      if (operation.get("action").asText().equals(action)) {
        operation.get("messages").forEach(message -> names.add(message.get("name").asText()));
      }
    }
    return names;
  }
}
