package org.carewire.protocol;

/** Reply to {@link GetUnreadCount}, and event {@code notification:unreadCount}. */
public record UnreadCount(long unreadCount) {}
