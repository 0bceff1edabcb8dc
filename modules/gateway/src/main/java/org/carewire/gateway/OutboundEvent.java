package org.carewire.gateway;

import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ServerEvent;
import org.jspecify.annotations.Nullable;

/** An event on its way to sessions; framed once per transport, whatever their number. */
final class OutboundEvent {
  private final ServerEvent event;
  private final RawJson data;
  private byte @Nullable [] webSocketFrame;

  OutboundEvent(ServerEvent event, RawJson data) {
    this.event = event;
    this.data = data;
  }

  static OutboundEvent of(ServerEvent event, Object data) {
    return new OutboundEvent(event, Json.raw(data));
  }

  byte[] webSocketFrame() {
    if (webSocketFrame == null) {
      webSocketFrame = WebSocketFraming.event(event, data);
    }
    return webSocketFrame;
  }
}
