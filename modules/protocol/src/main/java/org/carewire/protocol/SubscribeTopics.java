package org.carewire.protocol;

import java.util.List;

/**
 * {@code notification:subscribe}: from now on the user is notified of what is posted there.
 *
 * @param topics each once
 */
public record SubscribeTopics(List<Topic> topics) implements Command.OfUser {

  static SubscribeTopics decode(Fields fields, Caller caller) {
    return new SubscribeTopics(topics(fields));
  }

  static List<Topic> topics(Fields fields) {
    List<Topic> topics = fields.parsedList("topics", Topic::new).stream().distinct().toList();
    if (topics.isEmpty()) {
      throw Refusal.badRequest("topics", "topics is required");
    }
    return topics;
  }
}
