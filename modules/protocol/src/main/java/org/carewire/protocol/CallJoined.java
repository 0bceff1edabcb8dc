package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reply to {@code call:accept}, {@code call:join} and {@code call:leave}.
 *
 * @param iceServers none for who has left
 * @param sfu absent for who has left, and where the participants send each other everything
 */
public record CallJoined(
    CallId callId,
    CallStatus status,
    List<CallParticipant> participants,
    List<IceServer> iceServers,
    @Nullable SfuAccess sfu) {}
