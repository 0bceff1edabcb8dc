package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Reply to {@code call:end} and {@code call:reject}.
 *
 * @param duration seconds since the call was accepted; absent in that to {@code call:reject}
 */
public record CallOver(CallId callId, CallStatus status, @Nullable Long duration) {}
