package org.carewire.protocol;

import java.util.List;

/** Reply to {@link FindConnected}. */
public record UsersConnected(List<UserId> users) {}
