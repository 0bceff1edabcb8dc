package org.carewire.gateway;

import io.vertx.core.Future;
import org.carewire.platform.Bus;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SubscribeTopics;
import org.carewire.protocol.TopicsChanged;
import org.carewire.protocol.UnsubscribeTopics;

/** What a session asks of notifications that is answered by an event beside the reply. */
final class NotificationRequests {
  private final Bus bus;

  NotificationRequests(Bus bus) {
    this.bus = bus;
  }

  Future<Done> subscribe(Session session, Caller caller, SubscribeTopics subscribe) {
    return bus.request(NotificationEndpoints.SUBSCRIBE, caller, subscribe)
        .map(changed -> tell(session, ServerEvent.NOTIFICATION_SUBSCRIBED, changed));
  }

  Future<Done> unsubscribe(Session session, Caller caller, UnsubscribeTopics unsubscribe) {
    return bus.request(NotificationEndpoints.UNSUBSCRIBE, caller, unsubscribe)
        .map(changed -> tell(session, ServerEvent.NOTIFICATION_UNSUBSCRIBED, changed));
  }

  private static Done tell(Session session, ServerEvent event, TopicsChanged changed) {
    session.send(OutboundEvent.of(event, changed));
    return Done.DONE;
  }
}
