package org.carewire.gateway;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ServerEvent;
import org.jspecify.annotations.Nullable;

/** The JSON text frames of {@code /ws}. */
final class JsonFrames {
  /** A pair is one code point to an expression, and no surrogate. */
  private static final Pattern HALF_OF_A_PAIR = Pattern.compile("\\p{Cs}");

  /**
   * A request.
   *
   * @param id as the client numbered it; absent where no reply is wanted
   */
  record Request(@Nullable JsonNode id, String event, @Nullable JsonNode data) {}

  private JsonFrames() {}

  /** Reads a request; empty where the frame is no JSON object or names no event. */
  static Optional<Request> request(byte[] frame) {
    JsonNode json;
    try {
      json = Json.read(frame);
    } catch (IOException e) {
      return Optional.empty();
    }
    JsonNode event = json.get("event");
    if (event == null || !event.isTextual()) {
      return Optional.empty();
    }
    JsonNode id = json.get("id");
    return Optional.of(
        new Request(id == null || id.isNull() ? null : id, event.textValue(), json.get("data")));
  }

  static Frame event(ServerEvent event, RawJson data) {
    return join("{\"event\":\"" + event.wireName() + "\",\"data\":", data);
  }

  /** A reply to the request of that id, which is a number or a text. */
  static Frame reply(JsonNode id, RawJson data) {
    String re = id.isTextual() ? quoted(id.textValue()) : id.toString();
    return join("{\"re\":" + re + ",\"data\":", data);
  }

  /** A frame of an object's beginning and its last value. */
  static Frame join(String head, RawJson data) {
    byte[] headUtf8 = head.getBytes(StandardCharsets.UTF_8);
    var frame = new ByteArrayOutputStream(headUtf8.length + data.utf8().length + 1);
    frame.writeBytes(headUtf8);
    frame.writeBytes(data.utf8());
    frame.write('}');
    return new Frame(frame.toByteArray());
  }

  /**
   * A text as a JSON string. Halves of surrogate pairs, which a client may send and UTF-8 cannot
   * carry, are escaped.
   */
  static String quoted(String text) {
    String quoted = '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    return HALF_OF_A_PAIR
        .matcher(quoted)
        .replaceAll(half -> "\\\\u%04x".formatted((int) half.group().charAt(0)));
  }
}
