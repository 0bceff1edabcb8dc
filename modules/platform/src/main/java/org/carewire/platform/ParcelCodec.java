package org.carewire.platform;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * Parcels as they are within a node. Between nodes two documents, each after its length: who asks,
 * and the body, which is read only where it is opened.
 */
final class ParcelCodec implements MessageCodec<Parcel, Parcel> {
  private static final int LENGTH_BYTES = 4;

  private record Head(@Nullable Caller caller, boolean refused) {}

  @Override
  public void encodeToWire(Buffer wire, Parcel parcel) {
    append(wire, Json.write(new Head(parcel.caller(), parcel.refused())));
    append(wire, parcel.body() instanceof RawJson json ? json.utf8() : Json.write(parcel.body()));
  }

  private static void append(Buffer wire, byte[] json) {
    wire.appendInt(json.length).appendBytes(json);
  }

  @Override
  public Parcel decodeFromWire(int position, Buffer wire) {
    byte[] head = document(position, wire);
    byte[] body = document(position + LENGTH_BYTES + head.length, wire);
    Head read = Json.read(head, Head.class);
    return new Parcel(read.caller(), RawJson.of(body), read.refused());
  }

  private static byte[] document(int position, Buffer wire) {
    int start = position + LENGTH_BYTES;
    return wire.getBytes(start, start + wire.getInt(position));
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
