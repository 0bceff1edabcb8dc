package org.carewire.protocol;

import java.time.Instant;

/** The gateways' question which tokens have been revoked of late, by any node. */
public record ReadRevocations(Instant since) implements Command {}
