package org.carewire.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.junit.jupiter.api.Test;

class BridgeFramesTest {
  private static final RawJson BODY = RawJson.of("{\"success\":true,\"text\":\"ü\"}");

  @Provide
  Arbitrary<byte[]> frames() {
    return OddJson.frames("type", "address", "replyAddress", "body", "headers");
  }

  @Provide
  Arbitrary<String> texts() {
    return OddJson.texts();
  }

  @Property(tries = 2_000)
  void whateverComesIsARequestOrNone(@ForAll("frames") byte[] frame) {
    BridgeFrames.request(frame)
        .ifPresent(
            request -> {
              JsonNode json = OddJson.read(frame);
              assertThat(request.type()).isEqualTo(json.get("type").textValue());
              assertThat(request.address()).isEqualTo(json.path("address").textValue());
              assertThat(request.replyAddress() == null)
                  .isEqualTo(json.path("replyAddress").isNull() || !json.has("replyAddress"));
              assertThat(request.body() == null).isEqualTo(!json.has("body"));
              assertThat(request.header("Authorization"))
                  .isEqualTo(request.header("AUTHORIZATION"));
            });
  }

  @Property
  void requestIsReadAsItWasWritten(
      @ForAll("texts") String type, @ForAll("texts") String address, @ForAll("texts") String to) {
    String frame =
        "{\"type\":%s,\"address\":%s,\"replyAddress\":%s,\"headers\":{\"AuthoriZation\":%s}}"
            .formatted(
                OddJson.written(type),
                OddJson.written(address),
                OddJson.written(to),
                OddJson.written("Bearer " + to));

    BridgeFrames.Request request = BridgeFrames.request(frame.getBytes(UTF_8)).orElseThrow();

    assertThat(request.type()).isEqualTo(type);
    assertThat(request.address()).isEqualTo(address);
    assertThat(request.replyAddress()).isEqualTo(TextNode.valueOf(to));
    assertThat(request.header("authorization")).hasValue("Bearer " + to);
    assertThat(request.header("cookie")).isEmpty();
  }

  @Property
  void messageComesAtItsAddress(@ForAll("texts") String address) {
    JsonNode frame = OddJson.read(BridgeFrames.message(address, BODY).utf8());

    assertThat(frame.get("type").textValue()).isEqualTo("rec");
    assertThat(frame.get("address").textValue()).isEqualTo(address);
    assertThat(frame.get("body")).isEqualTo(OddJson.read(BODY.utf8()));
  }

  @Property
  void errorComesWhereTheClientWaits(
      @ForAll("texts") String address, @ForAll("texts") String text) {
    for (ErrorCode code : ErrorCode.values()) {
      JsonNode frame = OddJson.read(BridgeFrames.error(address, Refusal.of(code, text)).utf8());

      assertThat(frame.get("type").textValue()).isEqualTo("err");
      assertThat(frame.get("address").textValue()).isEqualTo(address);
      assertThat(frame.get("message").textValue()).isEqualTo(text);
      assertThat(frame.get("failureType").textValue())
          .isEqualTo(code == ErrorCode.UNKNOWN_EVENT ? "NO_HANDLERS" : "RECIPIENT_FAILURE");
    }
  }

  @Test
  void errorThatNobodyWaitsForHasNoAddress() {
    Refusal refusal = Refusal.badRequest("replyAddress", "wrong");

    assertThat(OddJson.read(BridgeFrames.error(null, refusal).utf8()).has("address")).isFalse();
  }
}
