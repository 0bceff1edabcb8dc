package org.carewire.protocol;

import java.time.Instant;
import java.util.List;

/**
 * What was revoked since the time that was asked for, in no order.
 *
 * @param asOf by the clock of the database, which also says when a token was revoked
 * @param epoch that offsets belong to
 */
public record RevocationList(List<Revocation> revocations, Instant asOf, String epoch) {}
