package org.carewire.gateway;

import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UnreadCount;
import org.carewire.protocol.UserUnread;

/**
 * Tells the sessions of one gateway instance how many notifications their users have not read. What
 * is older than what a session was told before is dropped; one that is too slow is told the last
 * count when it has read enough.
 */
final class UnreadCounts {
  private static final long TICK_MS = 100;

  private final Vertx vertx;
  private final Sessions sessions;
  private final Map<Session, UserUnread> owed = new HashMap<>();
  private boolean ticking;

  UnreadCounts(Vertx vertx, Sessions sessions) {
    this.vertx = vertx;
    this.sessions = sessions;
  }

  /** All sessions of one user. */
  void tell(TenantId tenant, UserUnread unread) {
    OutboundEvent event = null;
    for (Session session : sessions.ofUser(tenant, unread.user())) {
      if (isNews(session, unread)) {
        event = event == null ? event(unread) : event;
        tell(session, unread, event);
      }
    }
  }

  /** One session of the user. */
  void tell(Session session, UserUnread unread) {
    if (isNews(session, unread)) {
      tell(session, unread, event(unread));
    }
  }

  /** A client that is not connected yet asks for the count when it is. */
  private static boolean isNews(Session session, UserUnread unread) {
    return session.isConnected() && session.isOpen() && unread.version() > session.unreadVersion();
  }

  private static OutboundEvent event(UserUnread unread) {
    return OutboundEvent.of(
        ServerEvent.NOTIFICATION_UNREAD_COUNT, new UnreadCount(unread.unread()));
  }

  private void tell(Session session, UserUnread unread, OutboundEvent event) {
    if (session.signal(event)) {
      session.toldUnread(unread.version());
      owed.remove(session);
    } else {
      owed.merge(session, unread, UnreadCounts::later);
      tickLater();
    }
  }

  private static UserUnread later(UserUnread one, UserUnread other) {
    return one.version() > other.version() ? one : other;
  }

  private void tickLater() {
    if (!ticking) {
      ticking = true;
      vertx.setTimer(TICK_MS, _ -> tick());
    }
  }

  private void tick() {
    ticking = false;
    for (Map.Entry<Session, UserUnread> debt : List.copyOf(owed.entrySet())) {
      Session session = debt.getKey();
      if (session.isOpen()) {
        tell(session, debt.getValue());
      } else {
        owed.remove(session);
      }
    }
    if (!owed.isEmpty()) {
      tickLater();
    }
  }
}
