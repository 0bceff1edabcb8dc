package org.carewire.gateway;

import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ServerEvent;
import org.jspecify.annotations.Nullable;

/** An event on its way to sessions; framed once per dialect, whatever their number. */
final class OutboundEvent {
  private final ServerEvent event;
  private final RawJson data;
  private @Nullable Frame jsonFrame;
  private @Nullable Frame bridgeFrame;

  OutboundEvent(ServerEvent event, RawJson data) {
    this.event = event;
    this.data = data;
  }

  static OutboundEvent of(ServerEvent event, Object data) {
    return new OutboundEvent(event, Json.raw(data));
  }

  ServerEvent event() {
    return event;
  }

  Frame jsonFrame() {
    if (jsonFrame == null) {
      jsonFrame = JsonFrames.event(event, data);
    }
    return jsonFrame;
  }

  Frame bridgeFrame() {
    if (bridgeFrame == null) {
      bridgeFrame = BridgeFrames.message(event.wireName(), data);
    }
    return bridgeFrame;
  }
}
