package org.carewire.gateway;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.carewire.platform.Bus;
import org.carewire.platform.Epoch;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CaughtUp;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.FindPositions;
import org.carewire.protocol.LogPage;
import org.carewire.protocol.LogPage.LogEntry;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.ReadLog;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomKind;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SessionReset;
import org.carewire.protocol.UserUnread;
import org.jspecify.annotations.Nullable;

/**
 * Brings each session of one gateway instance the entries of its rooms, in order and without a gap.
 * A delivery is a hint: what is next for a session is sent as it comes, anything else makes the
 * session read the log.
 */
final class EntryFlow {
  /** Sessions that read the log at the same time, so that many who return do not flood it. */
  private static final int MAX_READERS = 32;

  /** Rooms that one page is read from. */
  private static final int ROOMS_A_PAGE = 10;

  /** A page is at most this part of what may wait for a session. */
  private static final int PAGES_A_QUEUE = 16;

  private static final long RETRY_MS = 500;
  private static final long TICK_MS = 100;

  /** How long a delivery may be on its way when its entry can be read already. */
  private static final long SETTLING_MS = 20;

  /** How long a hello waits to know where the session begins. */
  private static final long BEGIN_MS = 1_000;

  private final Vertx vertx;
  private final Bus bus;
  private final Clock clock;
  private final Epoch epoch;
  private final int pageBytes;
  private final UnreadCounts counts;
  private final Counter live;
  private final Counter fromLog;
  private final Queue<Following> readers = new ArrayDeque<>();

  private final SlowPeers slow;
  private int reading;

  EntryFlow(Platform platform, Duration stallTimeout, UnreadCounts counts) {
    this.vertx = platform.vertx();
    this.clock = platform.clock();
    this.counts = counts;
    this.slow = new SlowPeers(stallTimeout, this::readOn);
    this.bus = platform.bus();
    this.epoch = platform.epoch();
    this.pageBytes = Math.max(1, platform.limits().queuedBytes() / PAGES_A_QUEUE);
    MeterRegistry metrics = platform.metrics();
    this.live = metrics.counter("carewire.deliveries", "kind", "entry");
    this.fromLog = metrics.counter("carewire.deliveries", "kind", "entryFromLog");
  }

  void start(Vertx verticle) {
    verticle.setPeriodic(TICK_MS, _ -> slow.look(clock.instant()));
  }

  /**
   * Finds out where a session begins. It may be sent entries once it is connected; what comes
   * before that is remembered.
   *
   * @param routed done when what comes from then on comes here
   * @return done when that is known, or has taken too long to wait for
   */
  Future<?> begin(Following following, Resume resume, Future<Void> routed) {
    // Not by Future.timeout, which would leave the event loop.
    Promise<Void> begun = Promise.promise();
    long timer = vertx.setTimer(BEGIN_MS, _ -> begun.tryComplete());
    routed
        .compose(_ -> find(following, resume))
        .onComplete(
            _ -> {
              vertx.cancelTimer(timer);
              begun.tryComplete();
            });
    return begun.future();
  }

  private Future<?> find(Following following, Resume resume) {
    return bus.request(
            ChatEndpoints.FIND_POSITIONS, following.caller(), new FindPositions(List.of()))
        .onSuccess(
            found -> {
              following
                  .begin(found.positions(), resume, epoch.current())
                  .forEach(position -> find(following, position));
              readOn(following);
            })
        .onFailure(
            _ -> {
              if (following.session().isOpen()) {
                vertx.setTimer(RETRY_MS, _ -> find(following, resume));
              }
            });
  }

  /** Finds out where a session begins in a room that its user has come into. */
  private void find(Following following, RoomPosition position) {
    RoomId room = position.room();
    bus.request(ChatEndpoints.FIND_POSITIONS, following.caller(), new FindPositions(List.of(room)))
        .onSuccess(
            found -> {
              if (following.in(room) != position) {
                return;
              }
              if (found.positions().isEmpty()) {
                following.forget(room);
                return;
              }
              var first = found.positions().getFirst();
              Long cursor = first.cursor();
              following.begin(position, cursor == null ? first.top() : cursor, first.top());
              readOn(following);
            })
        .onFailure(
            _ -> {
              if (following.session().isOpen() && following.in(room) == position) {
                vertx.setTimer(RETRY_MS, _ -> find(following, position));
              }
            });
  }

  /** The client has been told that it is connected. */
  void connected(Following following) {
    following.connected();
    readOn(following);
  }

  /**
   * A room's log has come to a top that its members may not have been told of.
   *
   * @param session of a member
   */
  void known(Session session, RoomId room, long top) {
    Following following = session.following();
    if (following == null) {
      return;
    }
    RoomPosition position = following.in(room);
    if (position == null) {
      entered(following, room);
    } else if (top > position.sent()) {
      following.reached(position, top);
      readOn(following);
    }
  }

  /** The user of a session has come into a room, whose log may have entries already. */
  void entered(Following following, RoomId room) {
    if (room.kind().hasLog() && following.caller().device() != null && following.in(room) == null) {
      RoomPosition position = following.add(RoomPosition.unknown(room));
      // Else it is among those found, or is asked for then.
      if (!following.isWaiting()) {
        find(following, position);
      }
    }
  }

  /**
   * An entry is there for a session.
   *
   * @param event that it is to be told by, made for all sessions that are told the same
   * @param isMember whether its user is one of the room; else it gets what comes, for an admin
   */
  void offer(Session session, RoomId room, long offset, OutboundEvent event, boolean isMember) {
    Following following = session.following();
    if (following == null || !session.isOpen()) {
      return;
    }
    RoomPosition position = following.in(room);
    if (position == null) {
      position = begin(following, room, offset, isMember);
    }
    if (following.isNext(position, offset) && !session.isSlow()) {
      send(session, position, event);
      for (OutboundEvent next = position.takeNextHeld();
          next != null;
          next = position.takeNextHeld()) {
        send(session, position, next);
      }
    } else if (following.mayHold(position, offset) && !session.isSlow()) {
      hold(following, position, offset, event);
    } else if (!position.isKnown() || offset > position.sent()) {
      missed(following, position, offset, event);
      readOn(following);
    }
  }

  private void send(Session session, RoomPosition position, OutboundEvent next) {
    position.sent(position.sent() + 1);
    session.send(next);
    live.increment();
  }

  /** For a moment: two nodes may tell of what they stored in another order. */
  private void hold(Following following, RoomPosition position, long offset, OutboundEvent event) {
    if (position.hold(offset, event, event.event() == ServerEvent.MESSAGE_SENT)) {
      vertx.setTimer(
          SETTLING_MS,
          _ -> {
            position
                .takeHeld()
                .forEach((later, unsent) -> missed(following, position, later, unsent));
            readOn(following);
          });
    }
  }

  private static void missed(
      Following following, RoomPosition position, long offset, OutboundEvent event) {
    following.missed(position, offset, event.event() == ServerEvent.MESSAGE_SENT);
  }

  private RoomPosition begin(Following following, RoomId room, long offset, boolean isMember) {
    boolean hasCursor = isMember && following.caller().device() != null;
    boolean mustBeFound = isMember && (following.isWaiting() || (hasCursor && offset > 1));
    // A user's own notifications that were not there before have all come since.
    long before = isMember && room.kind() == RoomKind.NOTIFICATIONS ? 0 : offset - 1;
    RoomPosition position =
        following.add(mustBeFound ? RoomPosition.unknown(room) : RoomPosition.at(room, before));
    if (mustBeFound && !following.isWaiting()) {
      find(following, position);
    }
    return position;
  }

  /** Goes on reading the log for a session, where it has to and may. */
  private void readOn(Following following) {
    if (!following.mayRead()) {
      return;
    }
    tellResets(following);
    if (following.hasJustCaughtUp()) {
      CaughtUp caughtUp = following.catchUp();
      if (following.beginsWithTheLog()) {
        following.session().send(OutboundEvent.of(ServerEvent.SESSION_CAUGHT_UP, caughtUp));
      }
    }
    if (!following.session().isDrained()) {
      slow.add(following, clock.instant());
    } else if (reading >= MAX_READERS) {
      following.setReading(true);
      readers.add(following);
    } else {
      read(following);
    }
  }

  private static void tellResets(Following following) {
    for (SessionReset reset : following.takeResets()) {
      following.session().send(OutboundEvent.of(ServerEvent.SESSION_RESET, reset));
    }
  }

  private void read(Following following) {
    List<RoomPosition> taken = following.takeBehind(ROOMS_A_PAGE);
    following.setReading(!taken.isEmpty());
    if (taken.isEmpty()) {
      return;
    }
    reading++;
    var command = new ReadLog(taken.stream().map(following::stretch).toList(), pageBytes);
    page(following.caller(), taken.getFirst(), command)
        .onComplete(
            done -> {
              reading--;
              // Those who wait come first.
              readNext();
              if (done.failed()) {
                following.putBack(taken);
                readOnLater(following, RETRY_MS);
              } else if (send(following, taken, done.result())) {
                following.setReading(false);
                readOn(following);
              } else {
                readOnLater(following, SETTLING_MS);
              }
            });
  }

  /**
   * What a page has.
   *
   * @param unread how many notifications the user has not read, where it is of those
   */
  private record Page(LogPage log, @Nullable UserUnread unread) {}

  /**
   * Asks who keeps the log.
   *
   * @param first of the rooms, which are all of that service
   */
  private Future<Page> page(Caller caller, RoomPosition first, ReadLog command) {
    return first.holdsNotifications()
        ? bus.request(NotificationEndpoints.READ_LOG, caller, command)
            .map(page -> new Page(page.log(), page.unread()))
        : bus.request(ChatEndpoints.READ_LOG, caller, command).map(page -> new Page(page, null));
  }

  private void readOnLater(Following following, long ms) {
    vertx.setTimer(
        ms,
        _ -> {
          following.setReading(false);
          readOn(following);
        });
  }

  private void readNext() {
    while (reading < MAX_READERS && !readers.isEmpty()) {
      Following next = readers.remove();
      next.setReading(false);
      if (next.mayRead()) {
        read(next);
      }
    }
  }

  /**
   * Sends what a page has. Where it may have what the session has just sent itself, of which the
   * delivery is still on its way, that waits.
   *
   * @return whether all was sent
   */
  private boolean send(Following following, List<RoomPosition> taken, Page page) {
    boolean isAll = true;
    Set<RoomPosition> answered = new HashSet<>();
    for (LogEntry entry : page.log().entries()) {
      RoomPosition position = following.in(entry.room());
      if (position != null && taken.contains(position) && entry.offset() == position.sent() + 1) {
        answered.add(position);
        if (following.mayHaveJustSent(entry) && position.waitsFor(entry.offset())) {
          isAll = false;
          continue;
        }
        boolean isOwn = position.sent(entry.offset());
        following.session().send(new OutboundEvent(event(position, isOwn), entry.message()));
        fromLog.increment();
      }
    }
    following.sent(taken, page.log(), answered);
    if (page.unread() != null) {
      counts.tell(following.session(), page.unread());
    }
    return isAll;
  }

  private static ServerEvent event(RoomPosition position, boolean isOwn) {
    if (position.holdsNotifications()) {
      return ServerEvent.NOTIFICATION_NEW;
    }
    return isOwn ? ServerEvent.MESSAGE_SENT : ServerEvent.MESSAGE_NEW;
  }
}
