package org.carewire.presence;

import org.carewire.protocol.PresenceState;
import org.carewire.protocol.StatusSet;
import org.jspecify.annotations.Nullable;

/**
 * What has come of something that a user's presence depends on.
 *
 * @param state what others see now
 * @param isNews whether they saw something else before
 * @param set what the user has set
 * @param nextDueMs in how many milliseconds an ended session is over; 0: there is none
 * @param sessionsLeft how many sessions of the node that was named are left
 */
record Change(
    PresenceState state,
    boolean isNews,
    @Nullable StatusSet set,
    long nextDueMs,
    int sessionsLeft) {}
