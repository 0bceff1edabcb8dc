package org.carewire.protocol;

import java.time.Instant;
import java.util.List;

/**
 * Reply to {@code room:join}.
 *
 * @param participants the joined sessions, the asker's included
 * @param top the highest offset in the room's log; 0 where there is none
 */
public record RoomJoined(
    RoomId roomId,
    RoomType roomType,
    List<Participant> participants,
    Instant timestamp,
    long top) {}
