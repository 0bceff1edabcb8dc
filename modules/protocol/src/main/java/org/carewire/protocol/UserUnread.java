package org.carewire.protocol;

/**
 * How many notifications a user has not read.
 *
 * @param version goes up with each change, by which a count that comes late is known
 */
public record UserUnread(UserId user, long unread, long version) {}
