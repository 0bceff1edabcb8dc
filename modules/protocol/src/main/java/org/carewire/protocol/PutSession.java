package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The gateway's word that the caller's session is there; repeated where something of it changes,
 * and where Redis may have forgotten it.
 *
 * @param node that holds the session
 * @param idle whether its device is
 * @param set what the user has set, as far as the session knows
 */
public record PutSession(String node, boolean idle, @Nullable StatusSet set)
    implements Command.OfUser {}
