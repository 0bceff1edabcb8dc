package org.carewire.testkit;

import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.carewire.protocol.ServerEvent;

/** A client of {@code /eventbus}: the event-bus bridge protocol over any transport of SockJS. */
public final class SockJsTestClient extends SessionClient {
  public static final TestTransport WEBSOCKET = over(WebSocketCarrier::framed);
  public static final TestTransport RAW_WEBSOCKET = over(WebSocketCarrier::raw);
  public static final TestTransport XHR_STREAMING = overHttp(HttpReceiving.XHR_STREAMING);
  public static final TestTransport XHR_POLLING = overHttp(HttpReceiving.XHR_POLLING);
  public static final TestTransport EVENT_SOURCE = overHttp(HttpReceiving.EVENT_SOURCE);

  private static final Set<String> SERVER_EVENTS =
      Arrays.stream(ServerEvent.values())
          .map(ServerEvent::wireName)
          .collect(Collectors.toUnmodifiableSet());
  private static final String PING = object("type", "ping").toString();

  private interface Opener {
    SockJsCarrier open(URI server, Map<String, String> headers, SockJsCarrier.Listener listener);
  }

  private final SockJsCarrier carrier;
  private final AtomicBoolean sendsOrPublishes = new AtomicBoolean();
  private volatile boolean answersPings = true;

  private SockJsTestClient(Opener opener, URI server, Map<String, String> headers) {
    carrier = opener.open(server, headers, new Incoming());
  }

  private static TestTransport over(Opener opener) {
    return (server, headers) -> {
      var client = new SockJsTestClient(opener, server, headers);
      client.carrier.start();
      SERVER_EVENTS.forEach(client::register);
      return client;
    };
  }

  private static TestTransport overHttp(HttpReceiving receiving) {
    return over(
        (server, headers, listener) -> new HttpCarrier(receiving, server, headers, listener));
  }

  @Override
  public CompletableFuture<JsonNode> ask(String event, JsonNode data) {
    String replyAddress = UUID.randomUUID().toString();
    CompletableFuture<JsonNode> reply = expectReply(replyAddress);
    write(envelope("send", event).put("replyAddress", replyAddress).set("body", data));
    return reply;
  }

  /** Both ways of the protocol to send without asking, in turn. */
  @Override
  public void send(String event, JsonNode data) {
    boolean sends = sendsOrPublishes.getAndSet(!sendsOrPublishes.get());
    write(envelope(sends ? "send" : "publish", event).set("body", data));
  }

  /** Has that event delivered from now on. */
  public void register(String event) {
    write(envelope("register", event));
  }

  public void unregister(String event) {
    write(envelope("unregister", event));
  }

  @Override
  public void sendRaw(String frame) {
    carrier.send(frame);
  }

  @Override
  public void sendBinary(byte[] frame) {
    carrier.sendBinary(frame);
  }

  @Override
  Pings pings() {
    return carrier.pings();
  }

  @Override
  public void stopAnsweringPings() {
    answersPings = false;
    carrier.fallSilent();
  }

  @Override
  public void stopReading() {
    carrier.pauseReading();
  }

  @Override
  public void resumeReading() {
    carrier.resumeReading();
  }

  @Override
  public void drop() {
    carrier.drop();
  }

  @Override
  public void close() {
    carrier.close();
  }

  private static ObjectNode envelope(String type, String address) {
    return object("type", type, "address", address);
  }

  private void write(JsonNode frame) {
    carrier.send(Json.write(frame));
  }

  /** What the protocol says of a request to an unknown address, as the other transports put it. */
  private static JsonNode unknownEvent(JsonNode error) {
    return object(
        "success",
        false,
        "code",
        "UNKNOWN_EVENT",
        "error",
        error.path("message"),
        "retryable",
        false);
  }

  private final class Incoming implements SockJsCarrier.Listener {
    @Override
    public void received(String message) {
      JsonNode json = Json.parse(message);
      String address = json.path("address").asText();
      if (json.path("type").asText().equals("err")) {
        if (!json.path("failureType").asText().equals("NO_HANDLERS")
            || !replied(address, unknownEvent(json))) {
          happened("err", json);
        }
      } else if (SERVER_EVENTS.contains(address)) {
        happened(address, json.path("body"));
      } else if (!replied(address, json.path("body"))) {
        happened("unasked reply", json);
      }
    }

    @Override
    public void pinged() {
      if (answersPings) {
        carrier.send(PING);
      }
    }

    @Override
    public void ended(int code) {
      SockJsTestClient.this.ended(code);
    }
  }
}
