package org.carewire.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.carewire.protocol.CloseCode;
import org.carewire.testkit.Json;

/** A client whose network is as slow as a test says. */
final class Peer implements Connection {
  private final List<JsonNode> frames = new CopyOnWriteArrayList<>();
  private volatile int queuedBytes;

  void isSlow(int bytes) {
    queuedBytes = bytes;
  }

  /**
   * What it was told of others since the last call, each as {@code initial ann online} or {@code
   * changed ann busy}.
   */
  List<String> takeTold() {
    var told = new ArrayList<String>();
    for (JsonNode frame : frames) {
      String event = frame.path("event").asText().substring("presence:".length());
      JsonNode data = frame.path("data");
      if (data.has("presences")) {
        data.path("presences").forEach(presence -> told.add(told(event, presence)));
      } else {
        told.add(told(event, data));
      }
    }
    frames.clear();
    return told;
  }

  /** What it was sent since the last call. */
  List<JsonNode> takeFrames() {
    var taken = List.copyOf(frames);
    frames.clear();
    return taken;
  }

  private static String told(String event, JsonNode presence) {
    return event + " " + presence.path("userId").asText() + " " + presence.path("status").asText();
  }

  @Override
  public String transport() {
    return "test";
  }

  @Override
  public ClientAddress address() {
    return new ClientAddress("127.0.0.1", true);
  }

  @Override
  public void send(Frame frame) {
    frames.add(Json.parse(new String(frame.utf8(), UTF_8)));
  }

  @Override
  public int queuedBytes() {
    return queuedBytes;
  }

  @Override
  public void ping() {}

  @Override
  public void close(CloseCode code) {}

  @Override
  public void drop() {}
}
