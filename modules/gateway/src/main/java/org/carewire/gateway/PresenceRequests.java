package org.carewire.gateway;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.carewire.platform.Bus;
import org.carewire.platform.Delivery;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.PresenceList;
import org.carewire.protocol.ReadPresences;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SetIdle;
import org.carewire.protocol.SetStatus;
import org.carewire.protocol.UnwatchUsers;
import org.carewire.protocol.UserId;
import org.carewire.protocol.WatchUsers;

/** How sessions are seen by others, and watch others. */
final class PresenceRequests {
  private final Bus bus;
  private final int maxWatched;
  private final Sessions sessions;
  private final DeviceStore devices;
  private final Attendance attendance;
  private final Watching watching;
  private final WatchRights rights;

  PresenceRequests(
      Platform platform,
      Sessions sessions,
      DeviceStore devices,
      Attendance attendance,
      Watching watching,
      WatchRights rights) {
    this.bus = platform.bus();
    this.maxWatched = platform.limits().presenceSubscriptions();
    this.sessions = sessions;
    this.devices = devices;
    this.attendance = attendance;
    this.watching = watching;
    this.rights = rights;
  }

  /** The session's device was so a moment ago, and watched these users. */
  void comesBack(Session session, Caller caller, DeviceStore.Before before) {
    session.presence().setIdle(before.idle());
    before.watched().forEach(user -> watching.begin(session, key(caller, user)));
  }

  /** The client has been told that it is connected; others may see it from now on. */
  void connected(Session session, Caller caller) {
    if (!session.isOpen()) {
      return;
    }
    attendance.come(session, caller);
    rights.ask(
        session,
        caller,
        session.presence().watches().stream().filter(watch -> !watch.isAllowed()).toList());
  }

  Future<Done> setStatus(Session session, Caller caller, SetStatus status) {
    return bus.request(PresenceEndpoints.SET_STATUS, caller, status)
        // It may be done all the same; others are told of it by the answer to this.
        .onFailure(_ -> attendance.putLater(session, caller));
  }

  Future<Done> setIdle(Session session, Caller caller, SetIdle idle) {
    if (session.presence().isKnown() && session.presence().isIdle() == idle.idle()) {
      return Future.succeededFuture(Done.DONE);
    }
    session.presence().setIdle(idle.idle());
    devices.keep(session);
    return attendance.put(session, caller).map(_ -> Done.DONE);
  }

  Future<PresenceList> get(Caller caller, ReadPresences read) {
    return bus.request(PresenceEndpoints.READ_PRESENCES, caller, read)
        .map(answer -> PresenceList.of(answer.states()));
  }

  Future<Done> watch(Session session, Caller caller, WatchUsers watch) {
    requireRoom(session, watch.users());
    // First, so that no change is lost between the answer and the first one that is told.
    List<Watch> watches =
        watch.users().stream().map(user -> watching.begin(session, key(caller, user))).toList();
    return bus.request(
            PresenceEndpoints.READ_PRESENCES, caller, new ReadPresences(watch.users(), true))
        .onFailure(_ -> watching.giveUp(watches))
        .map(
            answer -> {
              answer.states().forEach(watching::learn);
              watches.forEach(Watch::endAsking);
              watching.tellAtFirst(session, watches);
              devices.keep(session);
              return Done.DONE;
            });
  }

  private void requireRoom(Session session, List<UserId> users) {
    SessionPresence presence = session.presence();
    long more = users.stream().filter(user -> presence.watch(user) == null).count();
    if (presence.watches().size() + more > maxWatched) {
      throw Refusal.badRequest(
          "userIds", "A session can watch " + maxWatched + " users, unsubscribe from some first");
    }
  }

  Future<Done> unwatch(Session session, UnwatchUsers unwatch) {
    watching.unwatch(session, unwatch.users());
    devices.keep(session);
    return Future.succeededFuture(Done.DONE);
  }

  /** What others see of users is other than before. */
  void changed(Delivery.PresenceChanged changed) {
    changed.states().forEach(watching::learn);
  }

  /**
   * Who was taken off, and whoever shared the rooms with them, may have no right any more to watch
   * each other. They are told nothing until that is known.
   */
  void membersSet(Delivery.MembersSet set) {
    if (set.removed().isEmpty()) {
      return;
    }
    Set<UserId> concerned = new HashSet<>(set.members());
    concerned.addAll(set.removed());
    Map<Session, List<Watch>> doubted = new HashMap<>();
    for (UserId removed : set.removed()) {
      for (Session session : sessions.ofUser(set.tenant(), removed)) {
        for (Watch watch : List.copyOf(session.presence().watches())) {
          if (concerned.contains(watch.watched().user().user())) {
            doubt(session, watch, doubted);
          }
        }
      }
      for (Watch watch : watching.watchesOf(new UserKey(set.tenant(), removed))) {
        Caller watcher = watch.session().caller();
        if (watcher != null && concerned.contains(watcher.user())) {
          doubt(watch.session(), watch, doubted);
        }
      }
    }
    doubted.forEach(
        (session, watches) -> {
          Caller caller = session.caller();
          if (caller != null) {
            rights.ask(session, caller, watches);
          }
        });
  }

  private void doubt(Session session, Watch watch, Map<Session, List<Watch>> doubted) {
    Caller caller = session.caller();
    // An admin may watch whoever there is.
    if (caller != null && !caller.isAdmin()) {
      doubted.computeIfAbsent(session, _ -> new ArrayList<>(1)).add(watching.doubt(watch));
    }
  }

  /** Tells again that the session is there; fails where that cannot be done now. */
  Future<?> tellAgain(Session session, Caller caller) {
    return session.presence().isPut() ? attendance.put(session, caller) : Future.succeededFuture();
  }

  /** What it was to its device is to be remembered before this. */
  Future<?> ended(Session session, Caller caller) {
    watching.ended(session);
    return attendance.ended(session, caller);
  }

  private static UserKey key(Caller caller, UserId user) {
    return new UserKey(caller.tenant(), user);
  }
}
