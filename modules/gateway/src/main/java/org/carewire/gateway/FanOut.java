package org.carewire.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.Set;
import org.carewire.platform.Delivery;
import org.carewire.platform.Doubts;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.Revocation;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.StatusUpdated;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** Brings deliveries to the sessions of one gateway instance. */
final class FanOut {
  private final Sessions sessions;
  private final RoomRequests rooms;
  private final PresenceRequests presence;
  private final CallNotices calls;
  private final EntryFlow flow;
  private final NotificationNotices notifications;
  private final Revocations revocations;
  private final Doubts doubts;
  private final Counter signals;
  private final Counter dropped;

  FanOut(
      Sessions sessions,
      RoomRequests rooms,
      PresenceRequests presence,
      CallNotices calls,
      EntryFlow flow,
      NotificationNotices notifications,
      Revocations revocations,
      Doubts doubts,
      MeterRegistry metrics) {
    this.sessions = sessions;
    this.rooms = rooms;
    this.presence = presence;
    this.calls = calls;
    this.flow = flow;
    this.notifications = notifications;
    this.revocations = revocations;
    this.doubts = doubts;
    this.signals = metrics.counter("carewire.deliveries", "kind", "signal");
    this.dropped = metrics.counter("carewire.deliveries", "kind", "droppedSignal");
  }

  void handle(Delivery delivery) {
    switch (delivery) {
      case Delivery.Entry entry -> entry(entry);
      case Delivery.Notified notified -> notifications.tell(notified);
      case Delivery.UnreadCounted counted -> notifications.tell(counted);
      case Delivery.ToParticipants signal ->
          signal(
              sessions.inRoom(signal.tenant(), signal.room()),
              new OutboundEvent(signal.event(), signal.data()),
              signal.except());
      case Delivery.ToUsers signal -> {
        var event = new OutboundEvent(signal.event(), signal.data());
        signal.users().forEach(user -> signal(sessions.ofUser(signal.tenant(), user), event, null));
      }
      case Delivery.TopReached reached ->
          reached
              .members()
              .forEach(
                  member ->
                      sessions
                          .ofUser(reached.tenant(), member)
                          .forEach(session -> flow.known(session, reached.room(), reached.top())));
      case Delivery.MembersSet set -> {
        membersSet(set);
        presence.membersSet(set);
      }
      case Delivery.Doubted doubted -> doubts.raise(Doubts.Reason.COMMIT, doubted.since());
      case Delivery.UserRevoked revoked -> endRevoked(revoked);
      case Delivery.OfCall notice -> calls.tell(notice);
      case Delivery.PresenceChanged changed -> presence.changed(changed);
      case Delivery.StatusWasSet set -> statusWasSet(set);
      case Delivery.SessionReplaced replaced ->
          sessions.ofUser(replaced.tenant(), replaced.user()).stream()
              .filter(session -> session.id().equals(replaced.socket()))
              .toList()
              .forEach(session -> session.close(CloseCode.REPLACED));
    }
  }

  private void entry(Delivery.Entry entry) {
    var toOthers = new OutboundEvent(ServerEvent.MESSAGE_NEW, entry.data());
    var toSender = new OutboundEvent(ServerEvent.MESSAGE_SENT, entry.data());
    for (UserId member : entry.members()) {
      for (Session session : sessions.ofUser(entry.tenant(), member)) {
        boolean isSender = session.id().equals(entry.sender());
        flow.offer(session, entry.room(), entry.offset(), isSender ? toSender : toOthers, true);
      }
    }
    toAdmins(entry, toOthers, toSender);
  }

  /** Admins may be in a room, or send to one, that they are no members of. */
  private void toAdmins(Delivery.Entry entry, OutboundEvent toOthers, OutboundEvent toSender) {
    for (Session session : sessions.inRoom(entry.tenant(), entry.room())) {
      if (isAdminBeside(entry, session) && !session.id().equals(entry.sender())) {
        flow.offer(session, entry.room(), entry.offset(), toOthers, false);
      }
    }
    Session sender = entry.sender() == null ? null : sessions.find(entry.sender());
    if (sender != null && isAdminBeside(entry, sender)) {
      if (sender.rooms().isIn(entry.room())) {
        flow.offer(sender, entry.room(), entry.offset(), toSender, false);
      } else {
        sender.send(toSender);
      }
    }
  }

  private static boolean isAdminBeside(Delivery.Entry entry, Session session) {
    Caller caller = session.caller();
    return caller != null && caller.isAdmin() && !entry.members().contains(caller.user());
  }

  private void signal(
      Collection<Session> receivers, OutboundEvent event, @Nullable SocketId except) {
    for (Session session : receivers) {
      if (!session.id().equals(except)) {
        (session.signal(event) ? signals : dropped).increment();
      }
    }
  }

  /** An admin may stay where it has joined. */
  private void takeOut(Session session, Caller caller, Following following, Set<RoomId> theirs) {
    for (RoomId room : theirs) {
      if (!caller.isAdmin() || !session.rooms().isIn(room)) {
        following.forget(room);
      }
    }
    if (!caller.isAdmin()) {
      session.rooms().about(theirs).forEach(room -> rooms.evict(session, caller, room));
    }
  }

  private void membersSet(Delivery.MembersSet set) {
    for (Session session : sessions.all()) {
      Caller caller = session.caller();
      Following following = session.following();
      if (caller != null
          && following != null
          && caller.tenant().equals(set.tenant())
          && !set.members().contains(caller.user())) {
        takeOut(session, caller, following, set.rooms());
      }
    }
    for (UserId member : set.members()) {
      for (Session session : sessions.ofUser(set.tenant(), member)) {
        Following following = session.following();
        if (following != null) {
          set.rooms().forEach(room -> flow.entered(following, room));
        }
      }
    }
  }

  private void statusWasSet(Delivery.StatusWasSet set) {
    Collection<Session> own = sessions.ofUser(set.tenant(), set.user());
    own.forEach(session -> session.presence().remember(set.set()));
    signal(
        own,
        OutboundEvent.of(
            ServerEvent.PRESENCE_STATUS_UPDATED, StatusUpdated.of(set.user(), set.set())),
        null);
  }

  private void endRevoked(Delivery.UserRevoked revoked) {
    revocations.learn(new Revocation(revoked.tenant(), revoked.user(), revoked.revokedAt()));
    sessions.ofUser(revoked.tenant(), revoked.user()).stream()
        .filter(revocations::isRevoked)
        .toList()
        .forEach(session -> session.close(CloseCode.REVOKED));
  }
}
