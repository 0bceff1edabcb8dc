package org.carewire.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * JSON that was serialised once, where it was born, and is only copied from then on. It may hold
 * health data and does not print it.
 */
@JsonSerialize(using = RawJson.Writer.class)
@JsonDeserialize(using = RawJson.Reader.class)
public final class RawJson {
  private final byte[] utf8;

  private RawJson(byte[] utf8) {
    this.utf8 = utf8;
  }

  /** Takes over the array, which must not change afterwards. */
  public static RawJson of(byte[] utf8) {
    return new RawJson(utf8);
  }

  public static RawJson of(String json) {
    return new RawJson(json.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes themselves, not to be changed. */
  public byte[] utf8() {
    return utf8;
  }

  /** The JSON as text. */
  public String text() {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RawJson json && Arrays.equals(utf8, json.utf8);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(utf8);
  }

  @Override
  public String toString() {
    return "RawJson[" + utf8.length + " bytes]";
  }

  static final class Writer extends StdSerializer<RawJson> {
    private static final long serialVersionUID = 1;

    Writer() {
      super(RawJson.class);
    }

    @Override
    public void serialize(RawJson json, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeRawValue(json.text());
    }
  }

  static final class Reader extends StdDeserializer<RawJson> {
    private static final long serialVersionUID = 1;

    Reader() {
      super(RawJson.class);
    }

    @Override
    public RawJson deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return of(Json.write(context.readTree(in)));
    }
  }
}
