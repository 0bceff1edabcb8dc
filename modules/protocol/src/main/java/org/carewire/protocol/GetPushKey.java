package org.carewire.protocol;

/** {@code GET /push/key}. */
public record GetPushKey() implements Command {}
