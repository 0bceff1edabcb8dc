package org.carewire.protocol;

/**
 * The signaling service's word that the caller is in a call, or is no longer.
 *
 * @param callId of the call; a user may be in several
 */
public record MarkCall(String callId, boolean inCall) implements Command.OfUser {}
