package org.carewire.gateway;

import java.util.List;
import org.carewire.platform.Delivery;
import org.carewire.protocol.CallId;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.UserId;

/** Tells the sessions of one gateway instance what happens in calls, each once. */
final class CallNotices {
  private final Sessions sessions;

  CallNotices(Sessions sessions) {
    this.sessions = sessions;
  }

  void tell(Delivery.OfCall notice) {
    var event = new OutboundEvent(notice.event(), notice.data());
    for (UserId user : notice.users()) {
      for (Session session : List.copyOf(sessions.ofUser(notice.tenant(), user))) {
        if (isFor(notice, session.id())) {
          tell(session, notice.call(), notice.number(), event);
        }
      }
    }
  }

  private static boolean isFor(Delivery.OfCall notice, SocketId socket) {
    return (notice.only() == null || socket.equals(notice.only()))
        && !socket.equals(notice.except());
  }

  /** Its user was being rung when the session asked. */
  void incoming(Session session, CallId call, RawJson data) {
    tell(
        session,
        call,
        Delivery.OfCall.INCOMING,
        new OutboundEvent(ServerEvent.CALL_INCOMING, data));
  }

  private static void tell(Session session, CallId call, long number, OutboundEvent event) {
    // One that is not connected yet asks who rings when it is.
    if (!session.isConnected() || !session.isOpen()) {
      return;
    }
    SessionCalls calls = session.beginCalls();
    if (calls.isNews(call, number)) {
      session.send(event);
    }
    if (event.event() == ServerEvent.CALL_ENDED) {
      calls.stands(call);
    }
  }
}
