package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.TestClient;
import org.junit.jupiter.api.Test;

/** What is not described is noticed. */
class DescribedTest {
  private static final ObjectNode REFUSAL =
      object("success", false, "error", "No", "code", "ACCESS_DENIED", "retryable", false);
  private static final ObjectNode GROUP = object("groupId", "g", "members", List.of("ann"));

  @Test
  void fieldThatIsNotDescribedIsNoticed() {
    ObjectNode message =
        (ObjectNode) ApiFiles.OPEN_API.at("/components/schemas/Message/examples/0");
    Described.event("message:new", message);
    Described.reply("message:send", object("success", true, "message", message));

    ObjectNode more = message.deepCopy().put("mood", "good");
    assertUnlike(() -> Described.event("message:new", more));
    assertUnlike(() -> Described.reply("message:send", object("success", true, "message", more)));
    assertUnlike(
        () -> Described.reply("message:send", object("success", true, "message", message, "x", 1)));
  }

  @Test
  void fieldOfAMergedReplyThatIsNotDescribedIsNoticed() {
    ObjectNode history =
        object("success", true, "messages", List.of(), "hasMore", false, "receipts", List.of());
    Described.reply("message:history", history.put("top", 0).put("epoch", "e"));

    assertUnlike(() -> Described.reply("message:history", history.deepCopy().put("x", 1)));
    assertUnlike(() -> Described.reply("message:history", history.deepCopy().put("top", "0")));
    assertUnlike(() -> Described.reply("message:history", history.without("epoch")));
  }

  @Test
  void refusalThatIsNotDescribedIsNoticed() {
    Described.reply("room:join", REFUSAL);
    Described.reply("room:dance", REFUSAL);

    assertUnlike(() -> Described.reply("room:list", REFUSAL));
    assertUnlike(() -> Described.reply("room:join", REFUSAL.deepCopy().put("detail", "x")));
  }

  @Test
  void eventThatIsNotDescribedIsNoticed() {
    assertUnlike(() -> Described.event("room:danced", object()));
  }

  @Test
  void answerThatIsNotDescribedIsNoticed() {
    Described.check("GET", "/api/v1/groups/g", answer(200, GROUP));

    assertUnlike(() -> Described.check("GET", "/api/v1/groups/g", answer(201, GROUP)));
    assertUnlike(
        () ->
            Described.check(
                "GET", "/api/v1/groups/g", answer(200, GROUP.deepCopy().put("colour", "red"))));
  }

  @Test
  void clientsCheckWhatATestTakes() {
    ObjectNode undescribed = object("success", true, "x", 1);
    TestClient client =
        (TestClient)
            Proxy.newProxyInstance(
                TestClient.class.getClassLoader(),
                new Class<?>[] {TestClient.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "ask" -> CompletableFuture.completedFuture(undescribed);
                      case "takeAll" -> List.of(undescribed);
                      default -> undescribed;
                    });
    TestClient checking =
        Described.by((server, headers) -> client).open(URI.create("http://localhost"), Map.of());

    assertUnlike(() -> checking.hello("token"));
    assertUnlike(() -> checking.refusedHello("token"));
    assertUnlike(() -> checking.request("room:join", object()));
    assertUnlike(() -> checking.next("message:new"));
    assertUnlike(() -> checking.takeAll("message:new"));
  }

  private static Answer answer(int status, ObjectNode body) {
    var headers =
        HttpHeaders.of(Map.of("Content-Type", List.of("application/json")), (name, value) -> true);
    return new Answer(status, headers, body.toString());
  }

  private static void assertUnlike(Runnable check) {
    assertThatThrownBy(check::run).isInstanceOf(AssertionError.class);
  }
}
