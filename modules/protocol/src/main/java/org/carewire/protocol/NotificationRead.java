package org.carewire.protocol;

/** Reply to {@link ReadNotification}. */
public record NotificationRead(EntryId notificationId, long unreadCount) {}
