package org.carewire.notifications;

import io.vertx.core.Future;
import java.time.Clock;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SubscribeTopics;
import org.carewire.protocol.TopicsChanged;
import org.carewire.protocol.UnsubscribeTopics;

/** What users want to be notified of. */
final class SubscribingTopics {
  private final TopicStore store;
  private final int maxTopics;
  private final Clock clock;

  SubscribingTopics(TopicStore store, int maxTopics, Clock clock) {
    this.store = store;
    this.maxTopics = maxTopics;
    this.clock = clock;
  }

  Future<TopicsChanged> subscribe(Caller caller, SubscribeTopics command) {
    return store
        .subscribe(caller, command.topics(), maxTopics)
        .map(
            subscribed -> {
              if (!subscribed) {
                throw Refusal.badRequest(
                    "topics", "A user may subscribe to " + maxTopics + " topics");
              }
              return new TopicsChanged(command.topics(), clock.instant());
            });
  }

  Future<TopicsChanged> unsubscribe(Caller caller, UnsubscribeTopics command) {
    return store
        .unsubscribe(caller, command.topics())
        .map(_ -> new TopicsChanged(command.topics(), clock.instant()));
  }
}
