package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 125, 126, 300, 65_535})
  void aFrameOfAnyLengthIsFoundAgain(int length) {
    byte[] payload = new byte[length];
    Arrays.fill(payload, (byte) 'x');

    byte[] frame = Frames.masked(Frames.TEXT, payload);

    assertThat(Frames.opcode(frame, 0)).isEqualTo(Frames.TEXT);
    assertThat(Frames.isFinal(frame, 0)).isTrue();
    assertThat(Frames.length(frame, 0)).isEqualTo(length);
    // A server's header is the same without the mask.
    assertThat(Frames.header(frame, 0, frame.length) + 4).isEqualTo(Frames.payloadOffset(length));
    assertThat(frame).hasSize(Frames.payloadOffset(length) + length).endsWith(payload);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aHeaderThatIsNotAllThereIsIncomplete(int there) {
    byte[] frame = Frames.masked(Frames.TEXT, new byte[300]);

    assertThat(Frames.header(frame, 0, there)).isEqualTo(Frames.INCOMPLETE);
  }
}
