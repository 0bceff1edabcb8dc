package org.carewire.protocol;

/** A user in a call, as the others see it; what it sends means something while it is joined. */
public record CallParticipant(
    UserId userId, ParticipantState state, boolean audio, boolean video, boolean screen) {}
