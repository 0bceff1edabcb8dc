package org.carewire.protocol;

/** {@code GET /groups/{groupId}}. */
public record GetGroup(GroupId group) implements Command {}
