package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.http.impl.ws.WebSocketFrameImpl;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.carewire.gateway.FrameAssembler.Result;
import org.junit.jupiter.api.Test;

class FrameAssemblerTest {
  private static final int MAX_BYTES = 50;

  private final FrameAssembler assembler = new FrameAssembler(MAX_BYTES);

  @Property
  void messageIsWhatItsFragmentsWere(
      @ForAll @Size(max = 80) byte[] message,
      @ForAll @Size(max = 6) List<@IntRange(max = 80) Integer> cuts) {
    for (int round = 0; round < 2; round++) {
      List<Result> results = new ArrayList<>();
      for (WebSocketFrame fragment : fragments(message, cuts)) {
        // Pings and pongs may come between the fragments.
        assertThat(assembler.add(frame(WebSocketFrameType.PING, new byte[3], true)))
            .isInstanceOf(Result.Pending.class);
        results.add(assembler.add(fragment));
        if (!(results.getLast() instanceof Result.Pending)) {
          break;
        }
      }

      if (message.length <= MAX_BYTES) {
        assertThat(results.getLast()).isInstanceOf(Result.Message.class);
        assertThat(((Result.Message) results.getLast()).utf8().getBytes()).isEqualTo(message);
      } else {
        assertThat(results.getLast()).isInstanceOf(Result.TooLarge.class);
      }
    }
  }

  @Test
  void binaryFrameIsNotText() {
    assertThat(assembler.add(frame(WebSocketFrameType.BINARY, new byte[1], true)))
        .isInstanceOf(Result.NotText.class);
  }

  private static List<WebSocketFrame> fragments(byte[] message, List<Integer> cuts) {
    List<Integer> ends =
        new ArrayList<>(cuts.stream().filter(cut -> cut < message.length).sorted().toList());
    ends.add(message.length);
    List<WebSocketFrame> fragments = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < ends.size(); i++) {
      fragments.add(
          frame(
              i == 0 ? WebSocketFrameType.TEXT : WebSocketFrameType.CONTINUATION,
              Arrays.copyOfRange(message, start, ends.get(i)),
              i == ends.size() - 1));
      start = ends.get(i);
    }
    return fragments;
  }

  private static WebSocketFrame frame(WebSocketFrameType type, byte[] payload, boolean isFinal) {
    return new WebSocketFrameImpl(type, payload, isFinal);
  }
}
