package org.carewire.protocol;

/** The gateway's word that a user has authenticated, by which the role of its token is known. */
public record SeeUser() implements Command {}
