package org.carewire.protocol;

import java.util.List;

/**
 * The question which of some users of the caller's tenant have sessions at this node's gateways.
 */
public record FindConnected(List<UserId> users) implements Command {}
