package org.carewire.protocol;

/**
 * What a {@code PUT} of a group left behind.
 *
 * @param created whether it was not there before
 */
public record GroupPut(Group group, boolean created) {}
