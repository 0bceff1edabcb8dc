package org.carewire.protocol;

import java.time.Instant;

/** The gateways' question how far the rooms have come that had entries since then. */
public record FindTops(Instant since) implements Command {}
