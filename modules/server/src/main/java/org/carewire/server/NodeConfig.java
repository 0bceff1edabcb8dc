package org.carewire.server;

import java.time.Duration;
import java.util.Set;
import org.carewire.platform.NodeRole;

/**
 * The process.
 *
 * @param instances of each verticle, and event loops
 * @param stopTimeout the node has ended so long after it was asked to, whatever other systems do
 * @param drainDelay how long it says that it is not ready before it sends its sessions away
 */
record NodeConfig(int instances, Set<NodeRole> roles, Duration stopTimeout, Duration drainDelay) {}
