package org.carewire.server;

import static java.lang.Integer.parseInt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.carewire.protocol.EventCatalog;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the descriptions of the API forbid, the server refuses; their examples it takes. */
class ForbiddenValuesTest {
  private static final String BASE = "/api/v1";
  private static final List<String> REFUSED = List.of("BAD_REQUEST", "TOO_LARGE");
  private static final List<Integer> REFUSED_STATUS = List.of(400, 413);

  private static Clinic clinic;

  @BeforeAll
  static void openClinic() {
    clinic =
        Clinic.open(
            Described.by(WebSocketTestClient.TRANSPORT),
            Map.of("push.contact", "mailto:operator@example.com"));
    // Those of the examples.
    Clinic.putVisit(clinic.backend(), "visit-1", "patient", "provider");
  }

  @AfterAll
  static void closeClinic() {
    clinic.close();
  }

  static Stream<Arguments> requests() {
    return StreamSupport.stream(ApiFiles.ASYNC_API.get("operations").spliterator(), false)
        .filter(operation -> operation.has("reply"))
        .map(operation -> operation.at("/messages/0"))
        .map(message -> Arguments.of(message.get("name").asText(), message.get("payload")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("requests")
  void requestsThatAreForbiddenAreRefused(String event, JsonNode schema) {
    TestClient client =
        event.equals(EventCatalog.SESSION_HELLO)
            ? clinic.connect()
            : clinic.session(Tokens.patient("patient"));
    JsonNode example = schema.at("/examples/0");
    List<JsonNode> forbidden = BadValues.of(schema, example);

    assertThat(forbidden).hasSizeGreaterThan(5);
    for (JsonNode request : forbidden) {
      JsonNode reply = client.request(event, request);
      assertThat(reply.path("code").asText()).as("%s %s", reply, shown(request)).isIn(REFUSED);
    }
    assertThat(ApiSchema.of(schema).violations(example)).isEmpty();
    JsonNode reply = client.request(event, example);
    assertThat(reply.path("code").asText()).as("%s", reply).isNotIn(REFUSED);
  }

  /** But those of the demo mode. */
  static Stream<Arguments> operations() {
    return ApiFiles.OPEN_API.get("paths").properties().stream()
        .flatMap(
            path ->
                path.getValue().properties().stream()
                    .filter(operation -> operation.getValue().has("operationId"))
                    .filter(
                        operation -> !operation.getValue().get("tags").toString().contains("demo"))
                    .map(
                        operation ->
                            Arguments.of(
                                operation.getKey().toUpperCase(Locale.ROOT),
                                path.getKey().substring(BASE.length()),
                                parameters(path.getValue(), operation.getValue()),
                                operation.getValue())));
  }

  private static List<JsonNode> parameters(JsonNode path, JsonNode operation) {
    var parameters = new ArrayList<JsonNode>();
    path.path("parameters").forEach(parameters::add);
    operation.path("parameters").forEach(parameters::add);
    return parameters;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("operations")
  void bodiesThatAreForbiddenAreRefused(
      String method, String template, List<JsonNode> parameters, JsonNode operation) {
    String path = good(template, parameters);
    JsonNode schema = operation.at("/requestBody/content/application~1json/schema");
    if (schema.isMissingNode()) {
      return;
    }
    JsonNode example = schema.at("/examples/0");
    List<JsonNode> forbidden = BadValues.of(schema, example);

    assertThat(forbidden).hasSizeGreaterThan(5);
    for (JsonNode body : forbidden) {
      Answer answer = clinic.backend().call(method, path, body.toString());
      assertThat(answer.status()).as("%s %s", answer, shown(body)).isIn(REFUSED_STATUS);
    }
    assertThat(ApiSchema.of(schema).violations(example)).isEmpty();
    assertThat(clinic.backend().call(method, path, example.toString()).status())
        .isIn(200, 201, 202, 204);
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("operations")
  void parametersThatAreForbiddenAreRefused(
      String method, String template, List<JsonNode> parameters, JsonNode operation) {
    String body =
        operation.at("/requestBody/content/application~1json/schema/examples/0").toString();
    for (JsonNode parameter : parameters) {
      List<String> forbidden = forbidden(parameter.get("schema"));
      assertThat(forbidden).hasSizeGreaterThan(2);
      for (String value : forbidden) {
        Answer answer =
            asking(parameter, value)
                .call(method, with(parameter, value, template, parameters), body);
        assertThat(answer.status()).as("%s %s", answer, value).isIn(REFUSED_STATUS);
      }
    }
  }

  private static ApiClient asking(JsonNode parameter, String value) {
    return parameter.get("in").asText().equals("header")
        ? clinic.backend().and(parameter.get("name").asText(), value)
        : clinic.backend();
  }

  /** What is written as a whole number may be meant as one. */
  private static List<String> forbidden(JsonNode schema) {
    ApiSchema allowed = ApiSchema.of(schema);
    return BadValues.about(schema).stream()
        .filter(JsonNode::isValueNode)
        .map(JsonNode::asText)
        .filter(text -> !text.isEmpty())
        .filter(text -> !allowed.allows(TextNode.valueOf(text)))
        .filter(text -> !text.matches("-?\\d+") || !allowed.allows(IntNode.valueOf(parseInt(text))))
        .toList();
  }

  private static String with(
      JsonNode parameter, String value, String template, List<JsonNode> parameters) {
    String name = parameter.get("name").asText();
    String encoded = URLEncoder.encode(value, UTF_8).replace("+", "%20");
    return switch (parameter.get("in").asText()) {
      case "path" -> good(template.replace("{" + name + "}", encoded), parameters);
      case "query" -> good(template, parameters) + "?" + name + "=" + encoded;
      default -> good(template, parameters);
    };
  }

  private static String good(String template, List<JsonNode> parameters) {
    String path = template;
    for (JsonNode parameter : parameters) {
      path =
          path.replace(
              "{" + parameter.get("name").asText() + "}", parameter.path("example").asText());
    }
    return path;
  }

  private static String shown(JsonNode request) {
    String text = request.toString();
    return text.substring(0, Math.min(text.length(), 500));
  }
}
