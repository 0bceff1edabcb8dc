package org.carewire.protocol;

import java.time.Duration;

/** What the notifications verticle serves. */
public final class NotificationEndpoints {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public static final Endpoint<PostNotifications, NotificationsPosted> POST =
      endpoint("notifications.post", PostNotifications.class, NotificationsPosted.class);
  public static final Endpoint<PostToTopic, NotificationsPosted> POST_TO_TOPIC =
      endpoint("notifications.postToTopic", PostToTopic.class, NotificationsPosted.class);
  public static final Endpoint<CancelNotification, Done> CANCEL =
      endpoint("notifications.cancel", CancelNotification.class, Done.class);
  public static final Endpoint<ReadNotification, NotificationRead> READ =
      endpoint("notifications.read", ReadNotification.class, NotificationRead.class);
  public static final Endpoint<ReadAllNotifications, NotificationsRead> READ_ALL =
      endpoint("notifications.readAll", ReadAllNotifications.class, NotificationsRead.class);
  public static final Endpoint<GetUnreadCount, UnreadCount> GET_UNREAD_COUNT =
      endpoint("notifications.getUnreadCount", GetUnreadCount.class, UnreadCount.class);
  public static final Endpoint<ListNotifications, NotificationList> LIST =
      endpoint("notifications.list", ListNotifications.class, NotificationList.class);
  public static final Endpoint<SubscribeTopics, TopicsChanged> SUBSCRIBE =
      endpoint("notifications.subscribe", SubscribeTopics.class, TopicsChanged.class);
  public static final Endpoint<UnsubscribeTopics, TopicsChanged> UNSUBSCRIBE =
      endpoint("notifications.unsubscribe", UnsubscribeTopics.class, TopicsChanged.class);
  public static final Endpoint<ReadLog, InboxPage> READ_LOG =
      endpoint("notifications.readLog", ReadLog.class, InboxPage.class);
  public static final Endpoint<FindUnread, UnreadFound> FIND_UNREAD =
      endpoint("notifications.findUnread", FindUnread.class, UnreadFound.class);
  public static final Endpoint<NotifyMissedCall, Done> NOTIFY_MISSED_CALL =
      endpoint("notifications.notifyMissedCall", NotifyMissedCall.class, Done.class);
  public static final Endpoint<GetPushKey, PushKey> GET_PUSH_KEY =
      endpoint("notifications.getPushKey", GetPushKey.class, PushKey.class);
  public static final Endpoint<PutPushSubscription, Done> PUT_PUSH_SUBSCRIPTION =
      endpoint("notifications.putPushSubscription", PutPushSubscription.class, Done.class);
  public static final Endpoint<DeletePushSubscription, Done> DELETE_PUSH_SUBSCRIPTION =
      endpoint("notifications.deletePushSubscription", DeletePushSubscription.class, Done.class);
  public static final Endpoint<ReadDeadLetters, DeadLetters> READ_DEAD_LETTERS =
      endpoint("notifications.readDeadLetters", ReadDeadLetters.class, DeadLetters.class);

  private NotificationEndpoints() {}

  private static <C extends Command, R> Endpoint<C, R> endpoint(
      String address, Class<C> command, Class<R> reply) {
    return new Endpoint<>(address, command, reply, TIMEOUT);
  }
}
