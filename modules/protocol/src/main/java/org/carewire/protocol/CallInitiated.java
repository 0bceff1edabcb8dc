package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reply to {@code call:initiate}.
 *
 * @param sfu absent where the participants send each other everything themselves
 */
public record CallInitiated(
    CallId callId, CallStatus status, List<IceServer> iceServers, @Nullable SfuAccess sfu) {}
