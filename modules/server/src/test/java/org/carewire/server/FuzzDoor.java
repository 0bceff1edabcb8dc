package org.carewire.server;

import static org.carewire.testkit.Json.array;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.ServerEvent;

/** The ways in for frames that may be broken, and what is spoken there. */
enum FuzzDoor {
  JSON("json"),
  BRIDGE("bridge"),
  SOCKJS("sockjs"),
  XHR("sockjs");

  private final String folder;

  FuzzDoor(String folder) {
    this.folder = folder;
  }

  /** Of the corpus. */
  String folder() {
    return folder;
  }

  /** The corpus as it is sent here; what carries other frames carries theirs, too. */
  List<byte[]> corpus() {
    List<byte[]> frames = new ArrayList<>(Corpus.frames(folder));
    if (isSockJs()) {
      Corpus.frames("bridge").stream()
          .filter(Fate::isUtf8)
          .map(FuzzDoor::carried)
          .forEach(frames::add);
    }
    return frames;
  }

  Fate fate(byte[] frame) {
    return switch (this) {
      case JSON -> Fate.ofJson(frame);
      case BRIDGE -> Fate.ofBridge(frame);
      case SOCKJS -> Fate.ofSockJs(frame);
      case XHR -> Fate.ofXhr(frame);
    };
  }

  boolean isSockJs() {
    return this == SOCKJS || this == XHR;
  }

  /** A request that is answered under that name. */
  byte[] request(String name, String event, JsonNode data) {
    JsonNode request =
        this == JSON
            ? object("id", name, "event", event, "data", data)
            : object("type", "send", "address", event, "replyAddress", name, "body", data);
    byte[] frame = utf8(request);
    return isSockJs() ? carried(frame) : frame;
  }

  /** What a frame names as answered, if it is a reply; missing where it names nothing. */
  JsonNode answers(JsonNode frame) {
    if (this == JSON) {
      return frame.has("re") ? frame.get("re") : MissingNode.getInstance();
    }
    return frame.path("address");
  }

  boolean isEvent(JsonNode frame) {
    return this == JSON
        ? frame.has("event")
        : ServerEvent.find(frame.path("address").asText()) != null
            && frame.path("type").asText().equals("rec");
  }

  String event(JsonNode frame) {
    return frame.path(this == JSON ? "event" : "address").asText();
  }

  private static byte[] carried(byte[] frame) {
    return utf8(array(new String(frame, StandardCharsets.UTF_8)));
  }

  private static byte[] utf8(JsonNode json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }
}
