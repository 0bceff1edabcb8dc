package org.carewire.protocol;

import java.util.List;

/** Reply to {@code room:participants}. */
public record RoomParticipants(RoomId roomId, List<Participant> participants) {}
