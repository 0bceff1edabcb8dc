package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.io.CharArrayReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.carewire.protocol.EventCatalog;
import org.carewire.protocol.ServerEvent;

/**
 * What a frame comes to, by docs/protocol.md.
 *
 * @param replies what its replies name: an id, an address; missing where they name nothing
 * @param closeCode what its session ends with, {@link #OPEN} where it goes on; then replies that
 *     are on their way may be lost
 */
record Fate(List<JsonNode> replies, int closeCode) {
  static final int OPEN = 0;

  /** {@code limits.frameBytes} of the nodes that this is said of. */
  static final int FRAME_BYTES = 40_000;

  /** The length of a message of SockJS, whose frames are escaped. */
  static final int SOCKJS_BYTES = 3 * FRAME_BYTES;

  private static final int MALFORMED = 4400;
  private static final int TOO_LARGE = 1009;
  private static final int NOT_UTF_8 = 1007;
  private static final int REPLY_ADDRESS_CHARACTERS = 36;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static Fate closed(int code) {
    return new Fate(List.of(), code);
  }

  private static Fate unanswered() {
    return new Fate(List.of(), OPEN);
  }

  private static Fate answered(JsonNode name) {
    return new Fate(List.of(name), OPEN);
  }

  boolean closes() {
    return closeCode != OPEN;
  }

  /** Of a text message on {@code /ws}. */
  static Fate ofJson(byte[] frame) {
    return ofText(frame).orElseGet(() -> ofJsonText(frame));
  }

  /** Of a text message on {@code /eventbus/websocket}. */
  static Fate ofBridge(byte[] frame) {
    return ofText(frame).orElseGet(() -> ofBridgeText(frame));
  }

  /** Of a text message on {@code /eventbus/<server>/<session>/websocket}. */
  static Fate ofSockJs(byte[] payload) {
    if (payload.length > SOCKJS_BYTES) {
      return closed(TOO_LARGE);
    }
    if (!isUtf8(payload)) {
      return closed(NOT_UTF_8);
    }
    return payload.length == 0 ? unanswered() : ofMessages(payload).orElse(closed(MALFORMED));
  }

  /** Of the body of an {@code xhr_send}, which may be refused and change nothing. */
  static Fate ofXhr(byte[] payload) {
    return payload.length > SOCKJS_BYTES
        ? closed(TOO_LARGE)
        : ofMessages(payload).orElse(unanswered());
  }

  /** Where the messages of SockJS are some: what those come to, one after the other. */
  static Optional<Fate> ofMessages(byte[] payload) {
    JsonNode json = parse(payload);
    if (json.isTextual()) {
      json = JSON.createArrayNode().add(json);
    }
    List<JsonNode> replies = new ArrayList<>();
    int closeCode = OPEN;
    boolean isEmpty = !json.isArray();
    for (JsonNode message : json) {
      if (!message.isTextual() || !UTF_8.newEncoder().canEncode(message.textValue())) {
        isEmpty = true;
      } else if (closeCode == OPEN) {
        Fate fate = ofBridge(message.textValue().getBytes(UTF_8));
        replies.addAll(fate.replies);
        closeCode = fate.closeCode;
      }
    }
    return isEmpty ? Optional.empty() : Optional.of(new Fate(replies, closeCode));
  }

  private static Optional<Fate> ofText(byte[] frame) {
    // The longest that a WebSocket carries at all: no more is read.
    if (frame.length > SOCKJS_BYTES) {
      return Optional.of(closed(TOO_LARGE));
    }
    if (!isUtf8(frame)) {
      return Optional.of(closed(NOT_UTF_8));
    }
    return frame.length > FRAME_BYTES ? Optional.of(closed(TOO_LARGE)) : Optional.empty();
  }

  private static Fate ofJsonText(byte[] frame) {
    JsonNode json = parse(frame);
    if (!json.path("event").isTextual()) {
      return closed(MALFORMED);
    }
    JsonNode id = json.path("id");
    if (id.isMissingNode() || id.isNull()) {
      return unanswered();
    }
    return answered(id.isTextual() || id.isIntegralNumber() ? id : NullNode.getInstance());
  }

  private static Fate ofBridgeText(byte[] frame) {
    JsonNode json = parse(frame);
    JsonNode address = json.path("address");
    JsonNode told = address.isTextual() ? address : MissingNode.getInstance();
    return switch (json.path("type").textValue()) {
      case null -> closed(MALFORMED);
      case "send" -> ofSend(json.path("replyAddress"));
      case "publish", "ping" -> unanswered();
      case "register", "unregister" ->
          ServerEvent.find(address.asText()) != null && address.isTextual()
              ? unanswered()
              : answered(told);
      default -> answered(told);
    };
  }

  private static Fate ofSend(JsonNode replyAddress) {
    if (replyAddress.isMissingNode() || replyAddress.isNull()) {
      return unanswered();
    }
    boolean isOne =
        replyAddress.isTextual() && replyAddress.textValue().length() <= REPLY_ADDRESS_CHARACTERS;
    return answered(isOne ? replyAddress : MissingNode.getInstance());
  }

  /** Whether a frame is a hello, which may end a session that has not said it yet. */
  static boolean isHello(byte[] frame) {
    return new String(frame, UTF_8).contains(EventCatalog.SESSION_HELLO);
  }

  static boolean isUtf8(byte[] bytes) {
    try {
      decode(bytes);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What is JSON in UTF-8; missing where it is not. */
  private static JsonNode parse(byte[] bytes) {
    try {
      CharBuffer text = decode(bytes);
      return JSON.readTree(new CharArrayReader(text.array(), 0, text.limit()));
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  private static CharBuffer decode(byte[] bytes) throws IOException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
  }
}
