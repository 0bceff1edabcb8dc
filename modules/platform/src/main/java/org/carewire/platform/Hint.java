package org.carewire.platform;

import org.jspecify.annotations.Nullable;

/**
 * What one node's services tell another node's gateway.
 *
 * @param stream changes where numbers begin anew
 * @param number 1, 2, 3 … of the deliveries of a stream; of a beat, that of the last delivery
 * @param delivery absent in a beat
 */
record Hint(NodeId from, long stream, long number, @Nullable Delivery delivery) {}
