package org.carewire.protocol;

/**
 * Reply to {@link EndSession} and {@link SettleUser}.
 *
 * @param nextDueMs in how many milliseconds the next of the user's ended sessions is over; 0: none
 *     is left
 */
public record UserSettled(long nextDueMs) {}
