package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.ok;
import static org.carewire.server.Replies.refused;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.carewire.testkit.Entrance;
import org.carewire.testkit.SockJsTestClient;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.Tokens;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Addresses of the event-bus bridge protocol are the names of events; none of the server's own bus
 * is among them.
 */
@Through(Entrance.SOCKJS_RAW_WEBSOCKET)
class BridgeAddressTest extends Contract {
  /** What frames do is asked of the clients themselves. */
  @Override
  @BeforeAll
  void openClinic() {
    clinic = Clinic.open(SockJsTestClient.RAW_WEBSOCKET, settings());
  }

  @Test
  void eventsComeWhileTheyAreRegisteredFor() {
    String ann = newId("ann");
    String doc = newId("doc");
    var message = object("visitId", clinic.visit(ann, doc), "message", "hello");
    TestClient sender = clinic.patient(ann);
    var client = (SockJsTestClient) clinic.provider(doc);

    client.unregister("message:new");
    client.fence();
    ok(sender.request("message:send", message));
    client.expectNone("message:new");

    client.register("message:new");
    client.register("message:new");
    client.fence();
    ok(sender.request("message:send", message));
    client.next("message:new");
    client.expectNone("message:new");

    client.unregister("message:new");
    client.fence();
    ok(sender.request("message:send", message));
    client.expectNone("message:new");
  }

  @Test
  void registrationIsOfItsSessionAlone() {
    String ann = newId("ann");
    String doc = newId("doc");
    var message = object("visitId", clinic.visit(ann, doc), "message", "hello");
    TestClient sender = clinic.patient(ann);
    TestClient one = clinic.provider(doc);
    var other = (SockJsTestClient) clinic.provider(doc);

    other.unregister("message:new");
    other.fence();
    ok(sender.request("message:send", message));

    one.next("message:new");
    other.expectNone("message:new");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chat",
        "chat.send",
        "chat.sendMessage",
        "gateway",
        "gateway.node",
        "__vertx.reply.1",
        "*",
        "",
        "message:send",
        "session:hello"
      })
  void onlyServerEventsCanBeRegisteredFor(String address) {
    for (String type : List.of("register", "unregister")) {
      SockJsTestClient client = session();

      client.sendRaw(object("type", type, "address", address).toString());

      assertNoHandlers(client.next("err"), address);
      client.fence();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chat",
        "chat.send",
        "chat.sendMessage",
        "gateway",
        "gateway.node",
        "__vertx.reply.1",
        "*",
        "",
        "message:new"
      })
  void onlyClientEventsCanBeSentTo(String address) {
    SockJsTestClient client = session();

    client.sendRaw(
        object("type", "send", "address", address, "replyAddress", "r-1", "body", object())
            .toString());
    assertNoHandlers(client.next("err"), "r-1");

    client.sendRaw(object("type", "publish", "address", address, "replyAddress", "r").toString());
    client.sendRaw(object("type", "send", "address", address, "body", object()).toString());
    client.fence();
    client.expectNone("err");
    client.expectNone("unasked reply");
  }

  @Test
  void innerAddressesThatTheNodeHasCannotBeReachedBeforeHelloEither() {
    TestClient stranger = clinic.connect();

    for (String address : List.of("chat.sendMessage", "chat.seeUser", "__vertx.reply.1")) {
      refused(stranger.request(address, object()), "UNKNOWN_EVENT");
    }
  }

  @Test
  void addressThatIsNoTextIsUnknown() {
    SockJsTestClient client = session();

    for (String address : List.of("5", "null", "{}", "[\"room:list\"]")) {
      client.sendRaw(
          "{\"type\":\"send\",\"address\":" + address + ",\"replyAddress\":\"r\",\"body\":{}}");
      assertNoHandlers(client.next("err"), "r");
    }
  }

  @Test
  void longestReplyAddressHas36Characters() {
    SockJsTestClient client = session();
    ObjectNode frame = object("type", "send", "address", "room:list", "body", object());

    client.sendRaw(frame.put("replyAddress", "r".repeat(36)).toString());
    JsonNode reply = client.next("unasked reply");
    assertThat(reply.get("address").asText()).isEqualTo("r".repeat(36));
    ok(reply.get("body"));

    for (JsonNode wrong : List.of(object("r", "r".repeat(37)), object("r", 5))) {
      client.sendRaw(frame.<ObjectNode>set("replyAddress", wrong.get("r")).toString());
      assertThat(client.next("err").has("address")).isFalse();
    }
    client.fence();
  }

  @Test
  void replyGoesToAReplyAddressNamedLikeAnEvent() {
    SockJsTestClient client = session();

    client.sendRaw(
        "{\"type\":\"send\",\"address\":\"room:list\",\"replyAddress\":\"typing:stop\"}");

    ok(client.next("typing:stop"));
  }

  @Test
  void publishIsARequestWithoutAReply() {
    String ann = newId("ann");
    String doc = newId("doc");
    String visit = clinic.visit(ann, doc);
    TestClient provider = clinic.provider(doc);
    TestClient patient = clinic.patient(ann);

    patient.sendRaw(
        object(
                "type", "publish",
                "address", "message:send",
                "headers", object("any", "thing"),
                "replyAddress", "r",
                "body", object("visitId", visit, "message", "published"))
            .toString());

    assertThat(provider.next("message:new").get("message").asText()).isEqualTo("published");
    patient.expectNone("unasked reply");
  }

  @Test
  void refusedHelloIsToldToWhoHasRegisteredForErrors() {
    var client = (SockJsTestClient) clinic.connect();
    client.unregister("error");

    refused(client.request("session:hello", object("token", Tokens.garbage())), "UNAUTHENTICATED");

    assertThat(client.awaitClose()).isEqualTo(4401);
    assertThat(client.takeAll("error")).isEmpty();
  }

  private SockJsTestClient session() {
    return (SockJsTestClient) clinic.patient(newId("ann"));
  }

  private static void assertNoHandlers(JsonNode error, String address) {
    assertThat(error.get("address").asText()).isEqualTo(address);
    assertThat(error.get("failureCode").asInt()).isEqualTo(-1);
    assertThat(error.get("failureType").asText()).isEqualTo("NO_HANDLERS");
    assertThat(error.get("message").asText()).isNotBlank();
  }
}
