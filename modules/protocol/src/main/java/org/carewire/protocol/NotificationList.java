package org.carewire.protocol;

import java.util.List;

/**
 * Reply to {@link ListNotifications}.
 *
 * @param notifications as {@link NotificationJson} makes them, the newest first
 * @param unreadCount of all that there are
 */
public record NotificationList(List<RawJson> notifications, boolean hasMore, long unreadCount) {}
