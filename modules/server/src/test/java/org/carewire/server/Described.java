package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestTransport;

/** Whatever tests are told by the server is compared with the descriptions of the API. */
final class Described {
  private static final JsonNode OPERATIONS = ApiFiles.ASYNC_API.get("operations");
  private static final String BASE = "/api/v1/";
  private static final String PROBLEM = "application/problem+json";

  /** Schemas as they are to be checked, by the node that has them. */
  private static final Map<JsonNode, ApiSchema> SCHEMAS = new ConcurrentHashMap<>();

  private Described() {}

  /** The transport, with clients that check each reply and event that a test takes. */
  static TestTransport by(TestTransport transport) {
    return (server, headers) -> {
      TestClient client = transport.open(server, headers);
      InvocationHandler checking =
          (proxy, method, arguments) ->
              method.isDefault()
                  ? InvocationHandler.invokeDefault(proxy, method, arguments)
                  : checked(client, method, arguments);
      return (TestClient)
          Proxy.newProxyInstance(
              TestClient.class.getClassLoader(), new Class<?>[] {TestClient.class}, checking);
    };
  }

  private static Object checked(TestClient client, Method method, Object[] arguments)
      throws Throwable {
    Object answer;
    try {
      answer = method.invoke(client, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    return switch (method.getName()) {
      case "hello" -> reply("session:hello", (JsonNode) answer);
      case "refusedHello" -> event("error", (JsonNode) answer);
      case "ask" ->
          ((CompletableFuture<?>) answer)
              .thenApply(reply -> reply((String) arguments[0], (JsonNode) reply));
      case "next" -> event((String) arguments[0], (JsonNode) answer);
      case "takeAll" ->
          ((List<?>) answer)
              .stream().map(data -> event((String) arguments[0], (JsonNode) data)).toList();
      default -> answer;
    };
  }

  /** Checks a reply, which it returns. */
  static JsonNode reply(String event, JsonNode reply) {
    for (JsonNode operation : OPERATIONS) {
      if (operation.has("reply") && operation.at("/messages/0/name").asText().equals(event)) {
        return valid("Reply to " + event, operation.at("/reply/messages/0/payload"), reply);
      }
    }
    JsonNode anyRefusal = ApiFiles.ASYNC_API.at("/components/schemas/AnyRefusal");
    return valid("Reply to what is no event", anyRefusal, reply);
  }

  /** Checks what a session was sent, which it returns. */
  static JsonNode event(String event, JsonNode data) {
    for (JsonNode operation : OPERATIONS) {
      if (!operation.has("reply") && operation.at("/messages/0/name").asText().equals(event)) {
        return valid("Event " + event, operation.at("/messages/0/payload"), data);
      }
    }
    assertThat(event).as("the client's own word for a reply").isEqualTo("unasked reply");
    return data;
  }

  /** Checks an answer over HTTP. */
  static void check(String method, String path, Answer answer) {
    if (!path.startsWith(BASE)) {
      return;
    }
    String name = method + " " + path + " " + answer.status();
    JsonNode item = item(path);
    JsonNode operation = item.path(method.toLowerCase(Locale.ROOT));
    if (operation.isMissingNode()) {
      assertThat(answer.status()).as(name).isIn(404, 405, 403);
      valid(name, ApiFiles.OPEN_API.at("/components/schemas/Problem"), answer.json());
      return;
    }
    JsonNode response = operation.at("/responses/" + answer.status());
    assertThat(response.isObject()).as("%s is described", name).isTrue();
    String type = answer.status() < 300 ? "application/json" : PROBLEM;
    assertThat(answer.header("Content-Type"))
        .as(name)
        .isEqualTo(response.has("content") ? type : "");
    if (response.has("content")) {
      valid(name, response.get("content").get(type).get("schema"), answer.json());
    } else {
      assertThat(answer.text()).as(name).isEmpty();
    }
    for (var header : response.path("headers").properties()) {
      String value = answer.header(header.getKey());
      JsonNode schema = header.getValue().get("schema");
      boolean number = schema.path("type").asText().equals("integer");
      valid(
          name + " " + header.getKey(),
          schema,
          number ? IntNode.valueOf(Integer.parseInt(value)) : TextNode.valueOf(value));
    }
  }

  /** What is described of the path, of all its methods. */
  static JsonNode item(String path) {
    String withoutQuery = path.split("\\?", 2)[0];
    for (var item : ApiFiles.OPEN_API.get("paths").properties()) {
      String pattern = item.getKey().replaceAll("\\{\\w+}", "[^/]+");
      if (Pattern.matches(pattern, withoutQuery)) {
        return item.getValue();
      }
    }
    return MissingNode.getInstance();
  }

  private static JsonNode valid(String what, JsonNode schema, JsonNode value) {
    List<String> violations = SCHEMAS.computeIfAbsent(schema, ApiSchema::closed).violations(value);
    assertThat(violations).as("%s: %s", what, value).isEmpty();
    return value;
  }
}
