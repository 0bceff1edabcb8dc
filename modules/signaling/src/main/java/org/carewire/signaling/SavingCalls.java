package org.carewire.signaling;

import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.f4b6a3.uuid.UuidCreator;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.carewire.platform.Postgres;
import org.carewire.protocol.CallRecord;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.MessageContent;
import org.carewire.protocol.QualitySummary;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Append;
import org.carewire.rooms.Appended;
import org.carewire.rooms.EntryKind;
import org.carewire.rooms.RoomLog;
import org.carewire.signaling.CallStore.Saved;
import org.carewire.signaling.Transition.Changed;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Saves what has become of calls; where one is over, with its record in the log of its room. */
final class SavingCalls {
  private static final Logger log = LoggerFactory.getLogger(SavingCalls.class);

  /**
   * What became of it.
   *
   * @param change as it is saved; absent where somebody else has saved the call meanwhile
   * @param entry of its record; absent where it has none
   */
  record Outcome(@Nullable Changed change, Appended.@Nullable Stored entry) {
    static final Outcome STALE = new Outcome(null, null);
  }

  private final Pool pool;
  private final RoomLog rooms;

  SavingCalls(Pool pool, RoomLog rooms) {
    this.pool = pool;
    this.rooms = rooms;
  }

  Future<Outcome> save(Call before, Changed change, CallEvent event, Instant now) {
    UserId by = event instanceof CallEvent.ByUser byUser ? byUser.user() : null;
    Set<UserId> were = before.live().map(Party::user).collect(toSet());
    boolean comesIn = change.call().live().anyMatch(party -> !were.contains(party.user()));
    return change.call().over() || comesIn
        ? Postgres.transaction(
            pool, connection -> saveIn(connection, before, change, event.what(), by, now))
        : outcome(CallStore.save(pool, before, change, event.what(), by, now), change);
  }

  /**
   * Saves in a transaction.
   *
   * @param before absent where the call is new
   */
  Future<Outcome> saveIn(
      SqlConnection connection,
      @Nullable Call before,
      Changed change,
      String event,
      @Nullable UserId by,
      Instant now) {
    if (!(change.call().state() instanceof CallState.Over over)) {
      return outcome(CallStore.save(connection, before, change, event, by, now), change);
    }
    return summary(connection, before)
        .compose(
            quality -> {
              var ended = new Changed(change.call().with(over.with(quality)), change.effects());
              return outcome(CallStore.save(connection, before, ended, event, by, now), ended);
            })
        .compose(
            outcome ->
                outcome.change() == null
                    ? Future.succeededFuture(outcome)
                    : record(connection, outcome.change()));
  }

  private static Future<List<QualitySummary>> summary(
      SqlConnection connection, @Nullable Call before) {
    return before == null
        ? Future.succeededFuture(List.of())
        : QualityStore.summarise(connection, before.id());
  }

  private static Future<Outcome> outcome(Future<Saved> save, Changed change) {
    return save.map(
        saved ->
            switch (saved) {
              case SAVED -> new Outcome(change, null);
              case STALE -> Outcome.STALE;
              case BUSY -> throw busy();
            });
  }

  static Refusal busy() {
    return Refusal.of(ErrorCode.WRONG_STATE, "You are in another call, leave it first");
  }

  private Future<Outcome> record(SqlConnection connection, Changed change) {
    Call call = change.call();
    Future<?> samples = QualityStore.delete(connection, call.id());
    RoomId room = call.room();
    if (room == null) {
      return samples.map(new Outcome(change, null));
    }
    return Future.all(samples, rooms.append(connection, List.of(append(call, room))))
        .map(
            done -> {
              List<Appended> appended = done.resultAt(1);
              return new Outcome(change, stored(call, appended.getFirst()));
            });
  }

  private static Append append(Call call, RoomId room) {
    return new Append(
        call.onBehalf(),
        room,
        // Ids in the order of time keep their index compact.
        new EntryId(UuidCreator.getTimeOrderedEpoch()),
        EntryKind.MESSAGE,
        null,
        Json.raw(content(call)),
        true);
  }

  private static MessageContent content(Call call) {
    CallRecord record = call.record(call.createdAt());
    ObjectNode metadata =
        JsonNodeFactory.instance
            .objectNode()
            .put("messageType", "call")
            .put("senderRole", call.callerRole().wireName());
    metadata.set("call", Json.tree(Json.raw(record)));
    return new MessageContent(text(record), List.of(), metadata);
  }

  /** For clients that know nothing of call records. */
  private static String text(CallRecord record) {
    String call =
        switch (record.callType()) {
          case VIDEO -> "Video call";
          case AUDIO -> "Audio call";
        };
    return switch (record.status()) {
      case MISSED -> call + ", not answered";
      case REJECTED -> call + ", rejected";
      case FAILED -> call + ", failed";
      case RINGING, ACCEPTED, IN_PROGRESS, ENDED -> call;
    };
  }

  private static Appended.@Nullable Stored stored(Call call, Appended appended) {
    if (appended instanceof Appended.Stored stored) {
      return stored;
    }
    log.atWarn()
        .addKeyValue("call", call.id())
        .addKeyValue("outcome", appended.getClass().getSimpleName())
        .log("call.notRecorded");
    return null;
  }
}
