package org.carewire.gateway;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.CharArrayReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** JSON, and what looks like it, that no well-meaning client sends. */
final class OddJson {
  private static final JsonMapper STRICT =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final List<String> ODD_TEXTS =
      List.of(
          "",
          "\0",
          "\ufeff",
          "\u2028\u2029",
          "\ud83d",
          "\ude00",
          "\ud83d\ude00",
          "\ude00\ud83d",
          "\\ud83d",
          "\"\\/\b\f\n\r\t",
          "</script>",
          "\uffff",
          "message:new");

  private static final List<String> ODD_NUMBERS =
      List.of(
          "0",
          "-0",
          "-0.0",
          "7.0",
          "1e400",
          "-1e-400",
          "9223372036854775808",
          "1".repeat(900),
          "1".repeat(1_100),
          "0." + "3".repeat(900),
          "01",
          "NaN",
          "0x1");

  private OddJson() {}

  /** Texts, those with halves of surrogate pairs among them. */
  static Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.of(ODD_TEXTS),
        Arbitraries.strings().ofMaxLength(60),
        Arbitraries.of(ODD_TEXTS).list().ofMaxSize(4).map(texts -> String.join("", texts)));
  }

  /** Texts that have a form in UTF-8. */
  static Arbitrary<String> wholeTexts() {
    return texts().filter(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text));
  }

  /** Values as a client may write them, most of them JSON. */
  static Arbitrary<String> values() {
    Arbitrary<String> leaves =
        Arbitraries.oneOf(
            Arbitraries.of("null", "true", "false"),
            Arbitraries.of(ODD_NUMBERS),
            Arbitraries.longs().map(String::valueOf),
            texts().map(OddJson::written));
    return Arbitraries.lazyOf(
        () -> leaves,
        () -> leaves,
        () -> values().list().ofMaxSize(3).map(items -> "[" + String.join(",", items) + "]"),
        () -> objects(Arbitraries.oneOf(texts(), Arbitraries.of("a", "b"))),
        () -> Arbitraries.of(500, 1_100, 5_000).map(deep -> "[".repeat(deep) + "]".repeat(deep)));
  }

  /** Objects with fields of these names, some of them twice. */
  static Arbitrary<String> objects(Arbitrary<String> names) {
    return Combinators.combine(names.map(OddJson::written), values())
        .as((name, value) -> name + ":" + value)
        .list()
        .ofMaxSize(5)
        .map(fields -> "{" + String.join(",", fields) + "}");
  }

  /** Frames, whole and broken, of objects with fields of these names. */
  static Arbitrary<byte[]> frames(String... names) {
    Arbitrary<byte[]> frames =
        Arbitraries.oneOf(objects(Arbitraries.of(names)), values())
            .map(text -> text.getBytes(StandardCharsets.UTF_8));
    return Arbitraries.oneOf(
        frames,
        frames.flatMap(OddJson::damaged),
        Combinators.combine(frames, charsets()).as(OddJson::inAnotherCharset),
        Arbitraries.bytes().array(byte[].class).ofMaxSize(100));
  }

  private static Arbitrary<Charset> charsets() {
    return Arbitraries.of(
        StandardCharsets.UTF_16,
        StandardCharsets.UTF_16LE,
        StandardCharsets.UTF_32,
        StandardCharsets.ISO_8859_1);
  }

  private static byte[] inAnotherCharset(byte[] utf8, Charset charset) {
    return new String(utf8, StandardCharsets.UTF_8).getBytes(charset);
  }

  /** With one byte changed, or cut off somewhere. */
  private static Arbitrary<byte[]> damaged(byte[] frame) {
    if (frame.length == 0) {
      return Arbitraries.just(frame);
    }
    var at = Arbitraries.integers().between(0, frame.length - 1);
    return Combinators.combine(at, Arbitraries.bytes(), Arbitraries.of(true, false))
        .as(
            (index, value, cuts) -> {
              byte[] changed = cuts ? Arrays.copyOf(frame, index) : frame.clone();
              if (!cuts) {
                changed[index] = value;
              }
              return changed;
            });
  }

  /** A text as JSON, halves of surrogate pairs and control characters escaped. */
  static String written(String text) {
    var json = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            point -> {
              boolean isHalf = Character.getType(point) == Character.SURROGATE;
              if (point < ' ' || point == '"' || point == '\\' || isHalf) {
                json.append("\\u%04x".formatted(point));
              } else {
                json.appendCodePoint(point);
              }
            });
    return json.append('"').toString();
  }

  /** What the server has written, which must be JSON in UTF-8, to the letter. */
  static JsonNode read(byte[] utf8) {
    return read(utf8, 0);
  }

  /** The same, from an index on. */
  static JsonNode read(byte[] utf8, int from) {
    try {
      CharBuffer text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(utf8, from, utf8.length - from));
      return STRICT.readTree(new CharArrayReader(text.array(), 0, text.limit()));
    } catch (IOException e) {
      throw new AssertionError("Not JSON in UTF-8", e);
    }
  }
}
