package org.carewire.protocol;

/**
 * What {@link ReadLog} is answered with where it is about a user's notifications.
 *
 * @param unread as the page has it
 */
public record InboxPage(LogPage log, UserUnread unread) {}
