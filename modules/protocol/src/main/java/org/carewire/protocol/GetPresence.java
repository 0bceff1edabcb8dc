package org.carewire.protocol;

/** {@code GET /users/{userId}/presence}. */
public record GetPresence(UserId user) implements Command {}
