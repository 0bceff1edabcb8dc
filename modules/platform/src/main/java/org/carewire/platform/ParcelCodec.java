package org.carewire.platform;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.jspecify.annotations.Nullable;

/** Parcels as they are within a node; length and JSON between nodes. */
final class ParcelCodec implements MessageCodec<Parcel, Parcel> {
  private static final int LENGTH_BYTES = 4;

  private record Encoded(@Nullable Caller caller, RawJson body, boolean refused) {}

  private record Decoded(@Nullable Caller caller, JsonNode body, boolean refused) {}

  @Override
  public void encodeToWire(Buffer wire, Parcel parcel) {
    // The body as a document of its own, which says its type where there are several.
    byte[] json =
        Json.write(new Encoded(parcel.caller(), Json.raw(parcel.body()), parcel.refused()));
    wire.appendInt(json.length).appendBytes(json);
  }

  @Override
  public Parcel decodeFromWire(int position, Buffer wire) {
    int start = position + LENGTH_BYTES;
    Decoded read = Json.read(wire.getBytes(start, start + wire.getInt(position)), Decoded.class);
    return new Parcel(read.caller(), read.body(), read.refused());
  }

  @Override
  public Parcel transform(Parcel parcel) {
    return parcel;
  }

  @Override
  public String name() {
    return "carewire";
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
