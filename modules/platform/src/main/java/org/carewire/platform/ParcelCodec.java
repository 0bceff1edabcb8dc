package org.carewire.platform;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
import org.jspecify.annotations.Nullable;

/** Parcels as they are within a node; length and JSON between nodes. */
final class ParcelCodec implements MessageCodec<Parcel, Parcel> {
  private static final int LENGTH_BYTES = 4;

  private record Wire(@Nullable Caller caller, JsonNode body, boolean refused) {}

  @Override
  public void encodeToWire(Buffer wire, Parcel parcel) {
    byte[] json = Json.write(parcel);
    wire.appendInt(json.length).appendBytes(json);
  }

  @Override
  public Parcel decodeFromWire(int position, Buffer wire) {
    int start = position + LENGTH_BYTES;
    Wire read = Json.read(wire.getBytes(start, start + wire.getInt(position)), Wire.class);
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
