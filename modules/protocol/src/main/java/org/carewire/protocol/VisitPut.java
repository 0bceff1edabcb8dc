package org.carewire.protocol;

/**
 * What a {@code PUT} of a visit left behind.
 *
 * @param created whether it was not there before
 */
public record VisitPut(Visit visit, boolean created) {}
