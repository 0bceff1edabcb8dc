package org.carewire.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /topics/{topic}/notifications}: the same for everyone who subscribes to a topic.
 *
 * @param content with that topic
 * @param sendAt when it is to be sent; absent: now
 * @param key by which a repeat is known
 */
public record PostToTopic(
    Topic topic,
    NotificationContent content,
    @Nullable Instant sendAt,
    @Nullable IdempotencyKey key)
    implements Command {

  public static PostToTopic decode(Topic topic, Fields fields, @Nullable IdempotencyKey key) {
    return new PostToTopic(
        topic, NotificationContent.decode(fields, topic), fields.time("sendAt"), key);
  }
}
