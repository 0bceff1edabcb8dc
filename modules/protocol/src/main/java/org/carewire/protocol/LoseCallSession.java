package org.carewire.protocol;

/** The connection of the caller's session is gone, which may have been in the call. */
public record LoseCallSession(CallId callId) implements Command.OfCall {}
