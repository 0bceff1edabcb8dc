package org.carewire.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.Size;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.junit.jupiter.api.Test;

class SockJsFramesTest {
  @Provide
  Arbitrary<byte[]> payloads() {
    return OddJson.frames("a", "b");
  }

  @Provide
  Arbitrary<String> texts() {
    return OddJson.texts();
  }

  @Provide
  Arbitrary<String> wholeTexts() {
    return OddJson.wholeTexts();
  }

  @Property(tries = 2_000)
  void whateverComesIsMessagesOrRefused(@ForAll("payloads") byte[] payload) {
    List<byte[]> messages;
    try {
      messages = SockJsFrames.payload(payload);
    } catch (Refusal refusal) {
      assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST);
      return;
    }
    JsonNode json = OddJson.read(payload);
    assertThat(json.isArray() ? json.size() : 1).isEqualTo(messages.size());
  }

  @Property
  void messagesAreReadAsTheyWereWritten(@ForAll List<@From("wholeTexts") String> texts) {
    assertThat(read(texts)).isEqualTo(texts);
  }

  @Property
  void messageAloneIsReadAsItWasWritten(@ForAll("wholeTexts") String text) {
    List<byte[]> messages = SockJsFrames.payload(OddJson.written(text).getBytes(UTF_8));

    assertThat(messages).singleElement().isEqualTo(text.getBytes(UTF_8));
  }

  @Property
  void messageThatHasNoFormInUtf8IsRefused(@ForAll("texts") String before) {
    List<String> texts = List.of("whole", before + " \ud83d");

    assertThat(catchThrowableOfType(Refusal.class, () -> read(texts)).code())
        .isEqualTo(ErrorCode.BAD_REQUEST);
  }

  @Property
  void framesAreReadBackAsTheMessagesTheyWere(
      @ForAll @NotEmpty @Size(max = 5) List<@From("wholeTexts") String> texts) {
    List<Frame> frames = texts.stream().map(text -> new Frame(text.getBytes(UTF_8))).toList();

    byte[] together = SockJsFrames.messages(frames);

    assertThat(messages(together)).isEqualTo(texts);
    assertThat(messages(frames.getFirst().sockJs())).containsExactly(texts.getFirst());
  }

  @Test
  void closeHasItsCodeAndItsReason() {
    for (CloseCode code : CloseCode.values()) {
      byte[] frame = SockJsFrames.close(code);

      assertThat(frame[0]).isEqualTo((byte) 'c');
      JsonNode close = OddJson.read(frame, 1);
      assertThat(close.get(0).intValue()).isEqualTo(code.value());
      assertThat(close.get(1).textValue()).isEqualTo(code.name());
    }
  }

  private static List<String> read(List<String> texts) {
    String payload =
        texts.stream().map(OddJson::written).collect(Collectors.joining(",", "[", "]"));
    return SockJsFrames.payload(payload.getBytes(UTF_8)).stream()
        .map(message -> new String(message, UTF_8))
        .toList();
  }

  private static List<String> messages(byte[] frame) {
    assertThat(frame[0]).isEqualTo((byte) 'a');
    List<String> messages = new ArrayList<>();
    OddJson.read(frame, 1).forEach(message -> messages.add(message.textValue()));
    return messages;
  }
}
