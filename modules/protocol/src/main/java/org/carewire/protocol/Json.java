package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.CharArrayReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** How JSON is read and written everywhere: absent rather than null, times with milliseconds. */
public final class Json {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          // An exception's text must not repeat what a client sent.
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .addModule(
              new SimpleModule()
                  .addSerializer(new InstantWriter())
                  .addDeserializer(Instant.class, new InstantReader()))
          .build();

  private Json() {}

  /**
   * Reads a document from outside.
   *
   * @throws IOException where it is not JSON in UTF-8, or nested more than 1,000 deep
   */
  public static JsonNode read(byte[] utf8) throws IOException {
    // Given bytes, Jackson would guess other encodings, and take some that are not quite UTF-8.
    CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8));
    return MAPPER.readTree(new CharArrayReader(text.array(), 0, text.limit()));
  }

  /** Reads what another part of this system wrote. */
  public static <T> T read(byte[] utf8, Class<T> type) {
    try {
      return MAPPER.readValue(utf8, type);
    } catch (IOException e) {
      throw new UncheckedIOException("Not a " + type.getSimpleName(), e);
    }
  }

  /** What raw JSON says. */
  public static JsonNode tree(RawJson json) {
    try {
      return MAPPER.readTree(json.utf8());
    } catch (IOException e) {
      throw new UncheckedIOException("Not JSON", e);
    }
  }

  public static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("Cannot write " + value.getClass().getSimpleName(), e);
    }
  }

  public static RawJson raw(Object value) {
    return RawJson.of(write(value));
  }

  /** A time as it stands on the wire: ISO-8601, UTC, milliseconds. */
  public static String time(Instant time) {
    return TIME.format(time);
  }

  private static final class InstantWriter extends StdSerializer<Instant> {
    private static final long serialVersionUID = 1;

    InstantWriter() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant time, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(time(time));
    }
  }

  private static final class InstantReader extends StdDeserializer<Instant> {
    private static final long serialVersionUID = 1;

    InstantReader() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return Instant.parse(in.getText());
    }
  }
}
