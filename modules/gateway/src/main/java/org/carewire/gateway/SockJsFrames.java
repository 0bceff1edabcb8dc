package org.carewire.gateway;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.Refusal;

/** The frames of the SockJS protocol, which those of a session travel in. */
final class SockJsFrames {
  static final byte[] OPEN = utf8("o");
  static final byte[] HEARTBEAT = utf8("h");
  static final byte[] CONNECTION_INTERRUPTED = close(1002, "Connection interrupted");
  static final byte[] ANOTHER_CONNECTION = close(2010, "Another connection still open");

  /** How many bytes a client may make of one when it writes a text as a JSON string. */
  static final int ESCAPED = 3;

  private static final byte[] HEAD = utf8("a[\"");
  private static final byte[] TAIL = utf8("\"]");

  private SockJsFrames() {}

  /** One message: {@code a["…"]}. */
  static byte[] message(byte[] utf8) {
    String text = new String(utf8, StandardCharsets.UTF_8);
    byte[] escaped = JsonStringEncoder.getInstance().quoteAsUTF8(text);
    var frame = new ByteArrayOutputStream(HEAD.length + escaped.length + TAIL.length);
    frame.writeBytes(HEAD);
    frame.writeBytes(escaped);
    frame.writeBytes(TAIL);
    return frame.toByteArray();
  }

  /** Several messages in one frame: {@code a["…","…"]}. */
  static byte[] messages(Collection<Frame> frames) {
    if (frames.size() == 1) {
      return frames.iterator().next().sockJs();
    }
    int length = 2 + frames.stream().mapToInt(frame -> frame.sockJs().length - 2).sum();
    var all = new ByteArrayOutputStream(length);
    all.write('a');
    char separator = '[';
    for (Frame frame : frames) {
      byte[] one = frame.sockJs();
      all.write(separator);
      all.write(one, 2, one.length - TAIL.length - 1);
      separator = ',';
    }
    all.write(']');
    return all.toByteArray();
  }

  static byte[] close(CloseCode code) {
    return close(code.value(), code.name());
  }

  private static byte[] close(int code, String reason) {
    return utf8("c[" + code + ",\"" + reason + "\"]");
  }

  /**
   * Reads what a client has sent: a list of messages, or one; throws {@code BAD_REQUEST} where it
   * is neither, or a message has half of a surrogate pair, which has no form in UTF-8.
   *
   * @return the messages, as UTF-8
   */
  static List<byte[]> payload(byte[] json) {
    JsonNode node;
    try {
      node = Json.read(json);
    } catch (IOException e) {
      throw broken();
    }
    var encoder = StandardCharsets.UTF_8.newEncoder();
    if (node.isTextual()) {
      return List.of(message(node, encoder));
    }
    if (!node.isArray()) {
      throw broken();
    }
    var messages = new ArrayList<byte[]>(node.size());
    for (JsonNode message : node) {
      messages.add(message(message, encoder));
    }
    return messages;
  }

  private static byte[] message(JsonNode node, CharsetEncoder encoder) {
    String text = node.textValue();
    if (text == null || !encoder.canEncode(text)) {
      throw broken();
    }
    return utf8(text);
  }

  private static Refusal broken() {
    return Refusal.badRequest("Broken JSON encoding.");
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
