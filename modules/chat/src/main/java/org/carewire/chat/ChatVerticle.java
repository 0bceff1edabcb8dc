package org.carewire.chat;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.Command;
import org.carewire.protocol.Endpoint;
import org.carewire.rooms.Access;
import org.carewire.rooms.AppendQueue;
import org.carewire.rooms.DeviceCursors;
import org.carewire.rooms.EntryStore;
import org.carewire.rooms.GroupStore;
import org.carewire.rooms.LogPageStore;
import org.carewire.rooms.PositionStore;
import org.carewire.rooms.ReceiptQueue;
import org.carewire.rooms.ReceiptStore;
import org.carewire.rooms.RevocationStore;
import org.carewire.rooms.RoomListStore;
import org.carewire.rooms.RoomLog;
import org.carewire.rooms.TopStore;
import org.carewire.rooms.VisitStore;
import org.jspecify.annotations.Nullable;

/** Messages, rooms, typing, visits and groups; one of several instances on a node. */
public final class ChatVerticle extends VerticleBase {
  private static final long FORGET_EVERY_MS = Duration.ofHours(1).toMillis();

  private final Platform platform;
  private final int instance;
  private @Nullable MarkingMessages marking;

  /**
   * Serves as one of its instances.
   *
   * @param instance from 0, below the number of instances of the bus
   */
  public ChatVerticle(Platform platform, int instance) {
    this.platform = platform;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    var pool = platform.pool();
    var clock = platform.clock();
    var deliveries = platform.deliveries();
    var access = new Access(pool, clock);
    var appends = new AppendQueue(vertx, pool, new RoomLog(clock), platform.metrics());
    var participants =
        new Participants(
            vertx,
            new ParticipantStore(platform.redis(), platform.lease(), platform.node()),
            deliveries,
            clock);
    var typing = new Typing(vertx, access, deliveries, clock);
    var changes =
        new AccessChanges(access, deliveries, new CheckingCalls(vertx, platform.bus(), clock));
    int pageBytes = platform.limits().pageBytes();

    var joining = new JoiningRooms(access, participants, typing, clock);
    var listing = new ListingRooms(new RoomListStore(pool), pageBytes);
    var receiptStore = new ReceiptStore(pool);
    var telling = new TellingReceipts(vertx, receiptStore, deliveries, clock);
    var receipts =
        new ReceiptQueue(
            vertx,
            receiptStore,
            platform.metrics(),
            (caller, moved) -> platform.bus().request(ChatEndpoints.TELL_RECEIPT, caller, moved));
    var cursors = new DeviceCursors(vertx, pool, platform.metrics());
    var marking = new MarkingMessages(receipts, cursors);
    this.marking = marking;
    var sending = new SendingMessages(appends, deliveries, telling, clock);
    var history = new ReadingHistory(access, new EntryStore(pool), platform.epoch(), pageBytes);
    var positionStore = new PositionStore(pool, clock);
    var positions = new FindingPositions(positionStore);
    if (instance == 0) {
      vertx.setPeriodic(FORGET_EVERY_MS, _ -> positionStore.forgetUnseen());
    }
    var log = new ReadingLog(new LogPageStore(pool));
    var tops = new FindingTops(new TopStore(pool));
    var users = new SeeingUsers(vertx, pool);
    var visits = new KeepingVisits(new VisitStore(pool, clock), changes);
    var groups = new KeepingGroups(new GroupStore(pool, clock), changes);
    var revoking = new RevokingTokens(new RevocationStore(pool, clock), deliveries);

    return Future.all(
        List.of(
            serve(ChatEndpoints.JOIN_ROOM, joining::join),
            serve(ChatEndpoints.STAY_IN_ROOM, joining::stay),
            serve(ChatEndpoints.LEAVE_ROOM, joining::leave),
            serve(ChatEndpoints.LOSE_SESSION, joining::lose),
            serve(ChatEndpoints.LIST_PARTICIPANTS, joining::list),
            serve(ChatEndpoints.LIST_ROOMS, listing::list),
            serve(ChatEndpoints.SEND_MESSAGE, sending::send),
            serve(ChatEndpoints.MARK_MESSAGES, marking::mark),
            serve(ChatEndpoints.TELL_RECEIPT, telling::moved),
            serve(ChatEndpoints.READ_HISTORY, history::read),
            serve(ChatEndpoints.FIND_POSITIONS, positions::find),
            serve(ChatEndpoints.READ_LOG, log::read),
            serve(ChatEndpoints.FIND_TOPS, tops::find),
            serve(ChatEndpoints.SIGNAL_TYPING, typing::signal),
            serve(ChatEndpoints.SEE_USER, users::see),
            serve(ChatEndpoints.PUT_VISIT, visits::put),
            serve(ChatEndpoints.GET_VISIT, visits::get),
            serve(ChatEndpoints.PUT_GROUP, groups::put),
            serve(ChatEndpoints.GET_GROUP, groups::get),
            serve(ChatEndpoints.DISCONNECT_USER, revoking::disconnect),
            serve(ChatEndpoints.READ_REVOCATIONS, revoking::read)));
  }

  /** Writes what has been acknowledged and is not stored yet. */
  @Override
  public Future<?> stop() {
    return marking == null ? Future.succeededFuture() : marking.close();
  }

  private <C extends Command, R> Future<Void> serve(
      Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    return platform.bus().serve(instance, endpoint, handler);
  }
}
