package org.carewire.testkit;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** The body of an HTTP answer: it ends before the connection does, and throws where it does not. */
final class HttpBody extends InputStream {
  private static final int HEX = 16;

  /** The length of what follows; empty at the end. */
  private interface Chunks {
    OptionalLong next() throws IOException;
  }

  private final DataInputStream in;
  private final Chunks chunks;
  private long left;
  private boolean isAtEnd;

  private HttpBody(DataInputStream in, Chunks chunks) {
    this.in = in;
    this.chunks = chunks;
  }

  static InputStream ofLength(DataInputStream in, long length) {
    var body = new HttpBody(in, OptionalLong::empty);
    body.left = length;
    return body;
  }

  static InputStream chunked(DataInputStream in) {
    return new HttpBody(
        in,
        new Chunks() {
          private boolean isFirst = true;

          @Override
          public OptionalLong next() throws IOException {
            if (!isFirst) {
              line(in);
            }
            isFirst = false;
            long length = Long.parseLong(line(in).split(";", 2)[0].strip(), HEX);
            if (length > 0) {
              return OptionalLong.of(length);
            }
            while (!line(in).isEmpty()) {
              // Trailers do not matter.
            }
            return OptionalLong.empty();
          }
        });
  }

  static String line(DataInputStream in) throws IOException {
    var line = new StringBuilder();
    for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
      line.append((char) next);
    }
    return line.toString().strip();
  }

  @Override
  public int read() throws IOException {
    if (!hasMore()) {
      return -1;
    }
    int next = in.readUnsignedByte();
    left--;
    return next;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!hasMore()) {
      return -1;
    }
    int read = in.read(into, offset, (int) Math.min(length, left));
    if (read < 0) {
      throw new EOFException("The connection ended before the answer");
    }
    left -= read;
    return read;
  }

  private boolean hasMore() throws IOException {
    if (left == 0 && !isAtEnd) {
      OptionalLong next = chunks.next();
      isAtEnd = next.isEmpty();
      left = next.orElse(0);
    }
    return left > 0;
  }
}
