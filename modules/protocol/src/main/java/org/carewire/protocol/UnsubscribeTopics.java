package org.carewire.protocol;

import java.util.List;

/**
 * {@code notification:unsubscribe}.
 *
 * @param topics each once
 */
public record UnsubscribeTopics(List<Topic> topics) implements Command.OfUser {

  static UnsubscribeTopics decode(Fields fields, Caller caller) {
    return new UnsubscribeTopics(SubscribeTopics.topics(fields));
  }
}
