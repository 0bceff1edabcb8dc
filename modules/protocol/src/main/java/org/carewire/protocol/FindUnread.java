package org.carewire.protocol;

import java.time.Instant;

/** The gateways' question whose counts have changed since then. */
public record FindUnread(Instant since) implements Command {}
