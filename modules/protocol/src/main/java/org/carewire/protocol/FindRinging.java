package org.carewire.protocol;

/** A session of the caller has connected: is the user being rung? */
public record FindRinging() implements Command.OfUser {}
