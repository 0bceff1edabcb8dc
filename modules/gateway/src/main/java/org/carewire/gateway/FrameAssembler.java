package org.carewire.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocketFrame;
import org.jspecify.annotations.Nullable;

/** Puts the fragments of text messages together, up to a size. */
final class FrameAssembler {

  /** What a frame has led to. */
  sealed interface Result {
    /** A whole message. */
    record Message(Buffer utf8) implements Result {}

    /** More is to come, or the frame was a ping, pong or close. */
    record Pending() implements Result {}

    /** The message is beyond its size. */
    record TooLarge() implements Result {}

    /** The message is not text. */
    record NotText() implements Result {}
  }

  private static final Result PENDING = new Result.Pending();

  private final int maxBytes;
  private @Nullable Buffer fragments;

  FrameAssembler(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  Result add(WebSocketFrame frame) {
    if (frame.isBinary()) {
      return new Result.NotText();
    }
    if (!frame.isText() && !frame.isContinuation()) {
      return PENDING;
    }
    Buffer data = frame.binaryData();
    Buffer before = fragments;
    int size = data.length() + (before == null ? 0 : before.length());
    if (size > maxBytes) {
      fragments = null;
      return new Result.TooLarge();
    }
    if (before == null && frame.isFinal()) {
      return new Result.Message(data);
    }
    Buffer all = (before == null ? Buffer.buffer(size) : before).appendBuffer(data);
    fragments = frame.isFinal() ? null : all;
    return frame.isFinal() ? new Result.Message(all) : PENDING;
  }
}
