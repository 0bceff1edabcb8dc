package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A STUN or TURN server, as {@code RTCIceServer} of WebRTC; it does not print its credential. */
public record IceServer(List<String> urls, @Nullable String username, @Nullable String credential) {

  @Override
  public String toString() {
    return "IceServer" + urls;
  }
}
