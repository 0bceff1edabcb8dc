package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.carewire.platform.Bus;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.FindTops;
import org.carewire.protocol.FindUnread;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.Tops;
import org.carewire.protocol.UnreadFound;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserUnread;

/**
 * Finds what is stored and this node was not told of. For a while after deliveries may have been
 * lost, its gateways are told every second how far the rooms have come that changed since, so that
 * a session that lacks something reads the log, and how many notifications are unread. Of messages
 * and of notifications each is found also where the other cannot be. One for all gateways of a
 * node; safe for all threads.
 */
public final class Rechecking {
  private static final Caller GATEWAY =
      new Caller(TenantId.DEFAULT, new UserId("gateway"), Role.SERVICE, null, null);

  private final Bus bus;
  private final Deliveries deliveries;
  private final SharedLimits limits;
  private final RepeatedQuestion tops;
  private final RepeatedQuestion unread;

  public Rechecking(Vertx vertx, Bus bus, Deliveries deliveries, SharedLimits limits, Clock clock) {
    this.limits = limits;
    this.bus = bus;
    this.deliveries = deliveries;
    this.tops = new RepeatedQuestion(vertx, clock, this::findTops);
    this.unread = new RepeatedQuestion(vertx, clock, this::findUnread);
  }

  /** Deliveries may have been lost since then, or are about to be. */
  public void doubt(Instant from) {
    tops.doubt(from);
    unread.doubt(from);
  }

  private Future<Tops> findTops(Instant since) {
    return bus.request(ChatEndpoints.FIND_TOPS, GATEWAY, new FindTops(since)).onSuccess(this::tell);
  }

  private void tell(Tops found) {
    for (Tops.Top top : found.tops()) {
      deliveries.tellOwnGateway(
          new Delivery.TopReached(top.tenant(), top.room(), top.top(), top.members()));
    }
  }

  private Future<UnreadFound> findUnread(Instant since) {
    return bus.request(NotificationEndpoints.FIND_UNREAD, GATEWAY, new FindUnread(since))
        .onSuccess(this::tell);
  }

  private void tell(UnreadFound found) {
    for (UnreadFound.OfTenant tenant : found.tenants()) {
      for (UnreadFound.Changed changed : tenant.users()) {
        UserId user = changed.unread().user();
        if (!limits.hasSessions(tenant.tenant(), user)) {
          continue;
        }
        deliveries.tellOwnGateway(
            new Delivery.TopReached(
                tenant.tenant(), RoomId.notifications(user), changed.top(), List.of(user)));
      }
      List<UserUnread> counts = tenant.users().stream().map(UnreadFound.Changed::unread).toList();
      deliveries.tellOwnGateway(new Delivery.UnreadCounted(tenant.tenant(), counts));
    }
  }
}
