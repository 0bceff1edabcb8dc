package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/** {@code call:media}: what the session sends now; what is absent stays as it was. */
public record SetCallMedia(
    CallId callId, @Nullable Boolean audio, @Nullable Boolean video, @Nullable Boolean screen)
    implements Command.OfCall {

  static SetCallMedia decode(Fields fields, Caller caller) {
    return new SetCallMedia(
        fields.requiredParsed("callId", CallId::new),
        fields.flag("audio"),
        fields.flag("video"),
        fields.flag("screen"));
  }
}
