package org.carewire.protocol;

/**
 * The gateway's word that it is time to see whether the caller, whose session has ended, is gone.
 *
 * @param node that held the session
 */
public record SettleUser(String node) implements Command.OfUser {}
