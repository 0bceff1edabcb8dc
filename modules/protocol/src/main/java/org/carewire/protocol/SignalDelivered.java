package org.carewire.protocol;

/**
 * What became of a signal.
 *
 * @param here whether the session is there and has been sent it
 */
public record SignalDelivered(boolean here) {}
