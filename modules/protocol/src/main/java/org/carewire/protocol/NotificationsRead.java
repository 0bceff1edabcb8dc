package org.carewire.protocol;

/**
 * Reply to {@link ReadAllNotifications}.
 *
 * @param markedCount how many were not read before
 */
public record NotificationsRead(long markedCount) {}
