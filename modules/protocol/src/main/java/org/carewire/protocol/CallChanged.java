package org.carewire.protocol;

/**
 * What one signaling service tells those of other nodes.
 *
 * @param call as it is now
 */
public record CallChanged(CallId callId, RawJson call) implements Command.OfCall {}
