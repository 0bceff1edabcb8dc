package org.carewire.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldsTest {
  private static final ObjectNode EMPTY = JsonNodeFactory.instance.objectNode();

  @ParameterizedTest
  @ValueSource(strings = {"null", "{}", "{\"x\":null}", "{\"other\":1}"})
  void absentAndNullAreTheSame(String json) {
    Fields fields = fields(json);

    assertThat(fields.has("x")).isFalse();
    assertThat(fields.text("x", 10)).isNull();
    assertThat(fields.offset("x")).isNull();
    assertThat(fields.time("x")).isNull();
    assertThat(fields.object("x")).isNull();
    assertThat(fields.freeObject("x")).isNull();
    assertThat(fields.texts("x", 1, 1)).isEmpty();
    assertThat(fields.integer("x", 1, 5, 3)).isEqualTo(3);
    assertThat(fields.flag("x")).isNull();
    assertThat(fields.number("x", 0, 5)).isNull();
    assertRefused("x", json, it -> it.requiredFlag("x"));
    assertRefused("x", json, it -> it.requiredJson("x", 100));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"true\"", "1", "0", "[]", "{}"})
  void aFlagIsTrueOrFalse(String value) {
    assertThat(fields("{\"x\":true}").flag("x")).isTrue();
    assertThat(fields("{\"x\":false}").flag("x")).isFalse();
    assertRefused("x", "{\"x\":" + value + "}", fields -> require(fields.flag("x")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"5\"", "-0.1", "100.1", "-1", "101", "1e400", "-1e400", "true", "[]"})
  void anyNumberIsWithinItsBounds(String value) {
    assertRefused("x", "{\"x\":" + value + "}", fields -> require(fields.number("x", 0, 100)));
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "100, 100", "0.25, 0.25", "1e1, 10", "99.9999, 99.9999"})
  void aNumberMayBeAFraction(String value, double number) {
    assertThat(fields("{\"x\":" + value + "}").number("x", 0, 100)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"sdp\":\"v=0\",\"n\":[1,{}]}", "{}", "\"v=0\"", "\"\""})
  void whatIsPassedOnAsItIsIsAnObjectOrAText(String value) {
    assertThat(fields("{\"x\":" + value + "}").requiredJson("x", 100).text()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "true", "[]", "{\"a\":1e400}", "\"a\\u0000b\"", "{\"\\ud83e\":1}"})
  void whatIsPassedOnAsItIsIsNothingElse(String value) {
    assertRefused("x", "{\"x\":" + value + "}", fields -> fields.requiredJson("x", 100));
  }

  @Test
  void whatIsPassedOnAsItIsIsEightDeepAtMost() {
    int depth = Limits.DEFAULT.metadataDepth();
    assertThat(fields("{\"x\":" + nested(depth) + "}").requiredJson("x", 1_000).text())
        .isEqualTo(nested(depth));
    assertRefused(
        "x", "{\"x\":" + nested(depth + 1) + "}", fields -> fields.requiredJson("x", 1_000));
  }

  @ParameterizedTest
  @CsvSource({"100, ''", "101, BAD_REQUEST", "400, BAD_REQUEST", "401, TOO_LARGE"})
  void whatIsPassedOnAsItIsIsMeasuredInBytes(int bytes, String code) {
    // Of two bytes each, but for one where the rest is odd; and two quotation marks.
    String text = "ä".repeat((bytes - 2) / 2) + "a".repeat(bytes % 2);
    String json = "{\"x\":\"" + text + "\"}";
    if (code.isEmpty()) {
      assertThat(fields(json).requiredJson("x", 100).utf8()).hasSize(bytes);
    } else {
      assertRefused(ErrorCode.valueOf(code), "x", json, fields -> fields.requiredJson("x", 100));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "\"text\"", "1", "true"})
  void dataIsAnObject(String json) {
    assertRefused(ErrorCode.BAD_REQUEST, "data", json, fields -> fields);
  }

  @Property
  void aTextIsTooLongBeyondItsLimitAndTooLargeBeyondFourTimesIt(
      @ForAll @IntRange(min = 1, max = 50) int limit, @ForAll @IntRange(max = 300) int length) {
    ObjectNode data = EMPTY.deepCopy().put("x", "a".repeat(length));
    Function<Fields, Object> read = fields -> String.valueOf(fields.text("x", limit));
    if (length <= limit) {
      assertThat(read.apply(Fields.of(data, Limits.DEFAULT))).isEqualTo("a".repeat(length));
    } else {
      ErrorCode code = length > 4 * limit ? ErrorCode.TOO_LARGE : ErrorCode.BAD_REQUEST;
      assertRefused(code, "x", data.toString(), read);
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 10, ''", "11, 10, BAD_REQUEST", "40, 10, BAD_REQUEST", "41, 10, TOO_LARGE"})
  void aListIsTooLongLikewise(int items, int limit, String code) {
    ObjectNode data = EMPTY.deepCopy();
    for (int i = 0; i < items; i++) {
      data.withArray("x").add("a");
    }
    if (code.isEmpty()) {
      assertThat(Fields.of(data, Limits.DEFAULT).texts("x", limit, 5)).hasSize(items);
    } else {
      assertRefused(
          ErrorCode.valueOf(code), "x", data.toString(), fields -> fields.texts("x", limit, 5));
    }
  }

  @Test
  void aRefusalNamesTheFieldWithItsPath() {
    assertRefused("x", "{}", fields -> fields.requiredText("x", 5));
    assertRefused("x", "{\"x\":1}", fields -> fields.requiredText("x", 5));
    assertRefused("x", "{\"x\":{}}", fields -> fields.texts("x", 5, 5));
    assertRefused("x[1]", "{\"x\":[\"a\",2]}", fields -> fields.texts("x", 5, 5));
    assertRefused("x[1]", "{\"x\":[\"a\",\"a b\"]}", fields -> fields.parsedList("x", UserId::new));
    assertRefused("x", "{\"x\":[]}", fields -> require(fields.object("x")));
    assertRefused(
        "x.y", "{\"x\":{\"y\":[]}}", fields -> require(fields.object("x")).requiredText("y", 5));
    assertRefused(
        "x[0].y",
        "{\"x\":[{\"y\":5}]}",
        fields -> fields.objects("x", 5, item -> item.requiredText("y", 5)));
    assertRefused("x[0]", "{\"x\":[null]}", fields -> fields.objects("x", 5, item -> item));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"5\"", "5.0", "5.5", "1e1", "-1", "101", "99999999999", "true", "[]"})
  void aNumberIsWholeAndWithinItsBounds(String value) {
    assertRefused("x", "{\"x\":" + value + "}", fields -> fields.integer("x", 0, 100, 50));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.0", "\"1\"", "9223372036854775808", "{}"})
  void anOffsetIsWholeAndNotNegative(String value) {
    assertRefused("x", "{\"x\":" + value + "}", fields -> require(fields.offset("x")));
  }

  @Test
  void anOffsetMayBeTheHighestThereIs() {
    assertThat(fields("{\"x\":9223372036854775807}").offset("x")).isEqualTo(Long.MAX_VALUE);
    assertThat(fields("{\"x\":0}").offset("x")).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "2026-01-31", "2026-01-31T09:30:00", "2026-02-30T00:00:00Z"})
  void aTimeIsIso8601InUtc(String value) {
    assertRefused("x", "{\"x\":\"" + value + "\"}", fields -> require(fields.time("x")));
  }

  @Test
  void aTimeIsRead() {
    assertThat(fields("{\"x\":\"2026-01-31T09:30:00.120Z\"}").time("x"))
        .isEqualTo(Instant.parse("2026-01-31T09:30:00.120Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\u0000b", "\\ud83e", "a\\udd7a", "\\udd7a\\ud83e", "\\ud83e\\ud83e"})
  void aTextHasNoNulAndNoHalfOfASurrogatePair(String text) {
    assertRefused("x", "{\"x\":\"" + text + "\"}", fields -> fields.requiredText("x", 100));
    assertRefused("x[0]", "{\"x\":[\"" + text + "\"]}", fields -> fields.texts("x", 5, 100));
    for (String hidden :
        new String[] {"{\"a\":\"%s\"}", "{\"%s\":1}", "{\"a\":[{\"b\":[\"%s\"]}]}"}) {
      assertRefused(
          "x", "{\"x\":" + hidden.formatted(text) + "}", fields -> require(fields.freeObject("x")));
    }
  }

  @Test
  void aWholeSurrogatePairIsText() {
    assertThat(fields("{\"x\":\"\\ud83e\\udd7a\"}").text("x", 2)).isEqualTo("\uD83E\uDD7A");
  }

  @Test
  void anObjectOfTheClientsOwnIsEightDeepAtMost() {
    int depth = Limits.DEFAULT.metadataDepth();
    assertThat(fields("{\"x\":" + nested(depth) + "}").freeObject("x")).isNotNull();
    assertRefused(
        "x", "{\"x\":" + nested(depth + 1) + "}", fields -> require(fields.freeObject("x")));
    assertRefused(
        "x",
        "{\"x\":{\"a\":" + "[".repeat(depth) + "]".repeat(depth) + "}}",
        fields -> require(fields.freeObject("x")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e400", "-1e400", "[1e999]"})
  void anObjectOfTheClientsOwnHasNoNumberThatWouldBecomeAnother(String number) {
    assertThat(fields("{\"x\":{\"a\":1e300}}").freeObject("x")).isNotNull();
    assertRefused("x", "{\"x\":{\"a\":" + number + "}}", fields -> require(fields.freeObject("x")));
  }

  private static String nested(int depth) {
    return "{\"a\":".repeat(depth - 1) + "{}" + "}".repeat(depth - 1);
  }

  @ParameterizedTest
  @CsvSource({"8192, ''", "8193, BAD_REQUEST", "32768, BAD_REQUEST", "32769, TOO_LARGE"})
  void anObjectOfTheClientsOwnIsMeasuredInBytes(int bytes, String code) {
    int without = "{\"a\":\"\"}".length();
    // Of two bytes each, but for one where the rest is odd.
    String text = "ä".repeat((bytes - without) / 2) + "a".repeat((bytes - without) % 2);
    String json = "{\"x\":{\"a\":\"" + text + "\"}}";
    if (code.isEmpty()) {
      assertThat(fields(json).freeObject("x")).isNotNull();
    } else {
      assertRefused(ErrorCode.valueOf(code), "x", json, fields -> require(fields.freeObject("x")));
    }
  }

  private static void assertRefused(String field, String json, Function<Fields, Object> read) {
    assertRefused(ErrorCode.BAD_REQUEST, field, json, read);
  }

  private static void assertRefused(
      ErrorCode code, String field, String json, Function<Fields, Object> read) {
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> read.apply(fields(json)));
    assertThat(refusal).as("what %s is refused by", json).isNotNull();
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.field()).contains(field);
  }

  private static <T> T require(@Nullable T value) {
    return Objects.requireNonNull(value);
  }

  private static Fields fields(String json) {
    try {
      JsonNode data = Json.read(json.getBytes(StandardCharsets.UTF_8));
      return Fields.of(data, Limits.DEFAULT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
