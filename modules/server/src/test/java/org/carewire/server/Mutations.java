package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Frames made of others by a random source: bytes changed, or values of their JSON. */
final class Mutations {
  private static final int DEEPEST = 1_100;

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(10 * DEEPEST).build())
                  .build())
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .build();

  /** What is put where it does not belong. Not all of it is UTF-8. */
  private static final List<byte[]> ODD_BYTES =
      List.of(
          bytes(0x00),
          bytes(0xef, 0xbb, 0xbf),
          bytes(0xc0, 0x80),
          bytes(0xed, 0xa0, 0xbd),
          bytes(0xf4, 0x90, 0x80, 0x80),
          bytes(0xff),
          "\\ud83d".getBytes(UTF_8),
          "\\u0000".getBytes(UTF_8),
          "\ud83d\ude00\u2028".getBytes(UTF_8),
          "\"".getBytes(UTF_8),
          "\\".getBytes(UTF_8),
          "}".getBytes(UTF_8),
          ",\"id\":null".getBytes(UTF_8),
          "1e400".getBytes(UTF_8));

  private static final List<String> ODD_VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "7.0",
          "1e400",
          "9223372036854775808",
          "1".repeat(500),
          "\"\"",
          "\" \"",
          "\"\\u0000\"",
          "\"\\ud83d\"",
          "\"\\ude00\\ud83d\"",
          "\"\ufeff\"",
          "\"message:new\"",
          "\"__proto__\"",
          "[]",
          "[null]",
          "[[],{}]",
          "{}",
          "{\"\":0}");

  private final Random random;
  private final List<byte[]> corpus;
  private final int longBytes;

  /**
   * Mutations of a corpus.
   *
   * @param longBytes what a long text is about as long as
   */
  Mutations(Random random, List<byte[]> corpus, int longBytes) {
    this.random = random;
    this.corpus = corpus;
    this.longBytes = longBytes;
  }

  byte[] next() {
    byte[] frame = any(corpus);
    for (int rounds = random.nextInt(3); rounds >= 0; rounds--) {
      JsonNode json = tree(frame);
      frame =
          json instanceof ContainerNode<?> container && random.nextInt(4) > 0
              ? written(changed(container))
              : damaged(frame);
    }
    return frame;
  }

  private byte[] damaged(byte[] frame) {
    int from = random.nextInt(frame.length + 1);
    int to = from + random.nextInt(frame.length + 1 - from);
    byte[] part = Arrays.copyOfRange(frame, from, to);
    return switch (random.nextInt(6)) {
      case 0 -> flipped(frame, from);
      case 1 -> Arrays.copyOf(frame, from);
      case 2 -> spliced(frame, from, to, new byte[0]);
      case 3 -> spliced(frame, from, from, any(ODD_BYTES));
      case 4 -> spliced(frame, to, to, part);
      default -> spliced(frame, from, frame.length, tail(any(corpus)));
    };
  }

  private byte[] flipped(byte[] frame, int at) {
    byte[] changed = frame.clone();
    if (at < changed.length) {
      changed[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    }
    return changed;
  }

  private byte[] tail(byte[] frame) {
    return Arrays.copyOfRange(frame, random.nextInt(frame.length + 1), frame.length);
  }

  private static byte[] spliced(byte[] frame, int from, int to, byte[] between) {
    var spliced = new ByteArrayOutputStream();
    spliced.write(frame, 0, from);
    spliced.writeBytes(between);
    spliced.write(frame, to, frame.length - to);
    return spliced.toByteArray();
  }

  /** With one value, somewhere in it, gone, doubled, moved, replaced or changed in itself. */
  private JsonNode changed(ContainerNode<?> container) {
    ContainerNode<?> copy = container.deepCopy();
    switch (copy) {
      case ObjectNode object when !object.isEmpty() -> {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name = any(names);
        switch (random.nextInt(8)) {
          case 0 -> object.remove(name);
          case 1 -> object.set(any(names), object.get(name));
          default -> object.set(name, other(object.get(name)));
        }
      }
      case ArrayNode array when !array.isEmpty() -> {
        int index = random.nextInt(array.size());
        switch (random.nextInt(6)) {
          case 0 -> array.remove(index);
          case 1 -> array.insert(index, array.get(index));
          default -> array.set(index, other(array.get(index)));
        }
      }
      default -> {
        return other(copy);
      }
    }
    return copy;
  }

  private JsonNode other(JsonNode value) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2 -> tree(any(ODD_VALUES).getBytes(UTF_8));
      case 3 -> TextNode.valueOf("x".repeat(random.nextInt(longBytes)));
      case 4 -> deep(random.nextInt(20) == 0 ? DEEPEST : random.nextInt(200));
      case 5 -> tree(any(corpus));
      default -> changedWithin(value);
    };
  }

  private JsonNode changedWithin(JsonNode value) {
    if (value instanceof ContainerNode<?> container) {
      return changed(container);
    }
    // A message of SockJS is JSON in a text.
    if (value.isTextual() && tree(value.textValue().getBytes(UTF_8)) instanceof ObjectNode inner) {
      return TextNode.valueOf(new String(written(changed(inner)), UTF_8));
    }
    return value.isTextual() ? TextNode.valueOf(value.textValue() + " ") : TextNode.valueOf("x");
  }

  private static JsonNode deep(int levels) {
    JsonNode deep = JSON.createArrayNode();
    for (int i = 0; i < levels; i++) {
      deep = JSON.createArrayNode().add(deep);
    }
    return deep;
  }

  /** What bytes say as JSON, or the bytes themselves as a text. */
  private static JsonNode tree(byte[] frame) {
    String text = new String(frame, UTF_8);
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(text);
    }
  }

  private static byte[] written(JsonNode json) {
    try {
      return JSON.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private <T> T any(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
