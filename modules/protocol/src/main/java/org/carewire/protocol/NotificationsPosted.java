package org.carewire.protocol;

import java.util.List;

/**
 * Reply to {@link PostNotifications} and {@link PostToTopic}.
 *
 * @param ids of the notifications, in the order of their users; of a post to a topic its own, by
 *     which it can be cancelled
 */
public record NotificationsPosted(List<EntryId> ids) {}
