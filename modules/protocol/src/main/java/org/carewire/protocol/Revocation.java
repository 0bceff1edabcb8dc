package org.carewire.protocol;

import java.time.Instant;

/** Tokens that were issued to the user until then are not good any longer. */
public record Revocation(TenantId tenant, UserId user, Instant revokedAt) {}
