package org.carewire.protocol;

/**
 * The gateway's word that the caller's session has ended; its user may come back.
 *
 * @param node that held the session
 */
public record EndSession(String node) implements Command.OfUser {}
