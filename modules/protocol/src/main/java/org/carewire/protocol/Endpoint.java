package org.carewire.protocol;

import java.time.Duration;

/**
 * A typed address on the event bus, written once and used by those who serve it and those who ask.
 *
 * @param timeout after which the asker is told {@code UNAVAILABLE}
 */
public record Endpoint<C extends Command, R>(
    String address, Class<C> command, Class<R> reply, Duration timeout) {}
