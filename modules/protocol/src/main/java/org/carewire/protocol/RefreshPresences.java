package org.carewire.protocol;

import java.util.List;

/**
 * Asks what became of users that a gateway has watchers of, where it may have missed changes. Whom
 * Redis does not know is offline, with no {@code lastSeen}.
 *
 * @param tenant of the users
 */
public record RefreshPresences(TenantId tenant, List<UserId> users) implements Command {}
