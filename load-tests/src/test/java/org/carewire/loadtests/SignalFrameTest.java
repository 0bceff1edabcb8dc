package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import org.carewire.protocol.Json;
import org.junit.jupiter.api.Test;

class SignalFrameTest {
  private static final String CALL = "0190f6a2-7c3e-7bd4-9d5e-2f1c0a4b8e77";

  @Test
  void offerIsARequestThatSaysWhoseItIsAndWhen() throws Exception {
    var request = request(SignalFrame.description("ann", "offer"));
    var data = request.get("data");
    String signal = data.get("signal").toString();

    assertThat(request.get("id").intValue()).isEqualTo(100_007);
    assertThat(request.get("event").textValue()).isEqualTo("call:signal");
    assertThat(data.get("callId").textValue()).isEqualTo(CALL);
    assertThat(data.get("recipientId").textValue()).isEqualTo("ann");
    assertThat(data.get("signalType").textValue()).isEqualTo("offer");
    assertThat(signal.length()).isBetween(2_000, 2_300);
    requireStamp(signal);
  }

  @Test
  void candidateIsSmall() throws Exception {
    var data = request(SignalFrame.candidate("ann")).get("data");
    String signal = data.get("signal").toString();

    assertThat(data.get("signalType").textValue()).isEqualTo("ice-candidate");
    assertThat(signal.length()).isBetween(250, 350);
    requireStamp(signal);
  }

  @Test
  void thereIsNoStampInOtherFrames() {
    byte[] frame = Ascii.of("{\"stamp\":\"short\"}");

    assertThat(SignalStamp.find(frame, 0, frame.length)).isNegative();
  }

  private static JsonNode request(SignalFrame frame) throws Exception {
    CallName name = CallName.read(Ascii.of(CALL), 0);
    byte[] bytes = frame.filled(100_007, name, 1_000_000, 65_535, Long.MAX_VALUE - 1);
    int payload = Frames.payloadOffset(bytes.length);
    return Json.read(
        new String(bytes, payload, bytes.length - payload, StandardCharsets.US_ASCII)
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void requireStamp(String signal) {
    byte[] bytes = Ascii.of(signal);
    int at = SignalStamp.find(bytes, 0, bytes.length);

    assertThat(SignalStamp.call(bytes, at)).isEqualTo(1_000_000);
    assertThat(SignalStamp.number(bytes, at)).isEqualTo(65_535);
    assertThat(SignalStamp.nanos(bytes, at)).isEqualTo(Long.MAX_VALUE - 1);
  }
}
