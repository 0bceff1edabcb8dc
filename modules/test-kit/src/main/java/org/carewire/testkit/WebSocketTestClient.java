package org.carewire.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A client of {@code /ws}. */
public final class WebSocketTestClient extends SessionClient {
  /** The front door that these clients come in by. */
  public static final TestTransport TRANSPORT = WebSocketTestClient::open;

  private final AtomicInteger ids = new AtomicInteger();
  private final RawWebSocket socket;

  private WebSocketTestClient(URI address, Map<String, String> headers) {
    socket = new RawWebSocket(address, headers, this::received, this::ended);
  }

  private static WebSocketTestClient open(URI server, Map<String, String> headers) {
    URI address = URI.create("ws://" + server.getAuthority() + "/ws");
    var client = new WebSocketTestClient(address, headers);
    client.socket.start();
    return client;
  }

  @Override
  public CompletableFuture<JsonNode> ask(String event, JsonNode data) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> reply = expectReply(Integer.toString(id));
    sendRaw(Json.write(Json.object("id", id, "event", event, "data", data)));
    return reply;
  }

  @Override
  public void send(String event, JsonNode data) {
    sendRaw(Json.write(Json.object("event", event, "data", data)));
  }

  @Override
  public void sendRaw(String frame) {
    socket.sendText(frame);
  }

  @Override
  public void sendBinary(byte[] frame) {
    socket.send(RawWebSocket.BINARY, true, frame);
  }

  /** For what only frames can do. */
  public RawWebSocket socket() {
    return socket;
  }

  @Override
  Pings pings() {
    return socket.pings();
  }

  @Override
  public void stopAnsweringPings() {
    socket.answerPings(false);
  }

  @Override
  public void stopReading() {
    socket.pauseReading();
  }

  @Override
  public void resumeReading() {
    socket.resumeReading();
  }

  @Override
  public void drop() {
    socket.drop();
  }

  @Override
  public void close() {
    socket.close();
  }

  private void received(String frame) {
    JsonNode json = Json.parse(frame);
    if (!json.has("re")) {
      happened(json.path("event").asText(), json.path("data"));
    } else if (!replied(json.get("re").asText(), json.path("data"))) {
      happened("unasked reply", json);
    }
  }
}
