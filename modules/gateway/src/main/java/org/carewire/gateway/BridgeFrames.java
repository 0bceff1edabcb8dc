package org.carewire.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** The JSON frames of the Vert.x event-bus bridge protocol. */
final class BridgeFrames {
  /**
   * A frame of a client.
   *
   * @param type as {@code send}
   */
  record Request(String type, JsonNode json) {

    /** The address; absent where there is none that is a text. */
    @Nullable String address() {
      return json.path("address").textValue();
    }

    /** Where the client waits for the reply; absent where it wants none. */
    @Nullable JsonNode replyAddress() {
      JsonNode address = json.get("replyAddress");
      return address == null || address.isNull() ? null : address;
    }

    @Nullable JsonNode body() {
      return json.get("body");
    }

    /** A header that is a text, whatever the case of its name. */
    Optional<String> header(String name) {
      return json.path("headers").properties().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name) && header.getValue().isTextual())
          .map(header -> header.getValue().textValue())
          .findFirst();
    }
  }

  private BridgeFrames() {}

  /** Reads a frame; empty where it is no JSON object or has no type. */
  static Optional<Request> request(byte[] frame) {
    try {
      JsonNode json = Json.read(frame);
      JsonNode type = json.get("type");
      return type == null || !type.isTextual()
          ? Optional.empty()
          : Optional.of(new Request(type.textValue(), json));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** An event at its own address, or a reply at the client's. */
  static Frame message(String address, RawJson body) {
    return JsonFrames.join(
        "{\"type\":\"rec\",\"address\":" + JsonFrames.quoted(address) + ",\"body\":", body);
  }

  /**
   * An error.
   *
   * @param address where the client waits; absent where it does not
   */
  static Frame error(@Nullable String address, Refusal refusal) {
    String failureType =
        refusal.code() == ErrorCode.UNKNOWN_EVENT ? "NO_HANDLERS" : "RECIPIENT_FAILURE";
    String frame =
        "{\"type\":\"err\","
            + (address == null ? "" : "\"address\":" + JsonFrames.quoted(address) + ",")
            + "\"failureCode\":-1,\"failureType\":\""
            + failureType
            + "\",\"message\":"
            + JsonFrames.quoted(refusal.text())
            + "}";
    return new Frame(frame.getBytes(StandardCharsets.UTF_8));
  }
}
