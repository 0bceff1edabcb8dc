package org.carewire.protocol;

import java.time.Instant;

/** Event {@code call:signal}, to the session of the recipient that is in the call. */
public record CallSignal(
    CallId callId, UserId senderId, RawJson signal, SignalType signalType, Instant timestamp) {}
