package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ReceiptMoved;
import org.carewire.protocol.RoomKind;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Appended.Stored;
import org.carewire.rooms.RoomLogStore.AppendRow;
import org.carewire.rooms.RoomLogStore.Place;
import org.carewire.rooms.RoomLogStore.RoomKey;
import org.jspecify.annotations.Nullable;

/**
 * The one way to append to rooms: in the caller's transaction, so that an entry and what it is the
 * entry of commit together.
 */
public final class RoomLog {
  private final Clock clock;

  public RoomLog(Clock clock) {
    this.clock = clock;
  }

  /**
   * Sends a whole transaction at once. Where a statement fails, PostgreSQL answers the commit with
   * a rollback, so the result counts only if every statement succeeded.
   *
   * @param statements sends them without waiting
   * @return fails with {@link UncertainCommit} where it is not known whether all is stored
   */
  public static <T> Future<T> atOnce(SqlConnection connection, Supplier<Future<T>> statements) {
    return RoomLogStore.atOnce(connection, RoomLogStore.BEGIN, statements);
  }

  /**
   * Appends in the given order. All statements are sent at once, without waiting for one another:
   * chats and notifications rooms that are new, the locks of the rooms, then (in a statement of its
   * own, whose snapshot is later than the locks) membership, repeats, numbers and the entries, then
   * the members. What an admin writes to a room of others is recorded in the same statement.
   *
   * @param connection in a transaction, whose commit may be sent at once too
   * @param appends no two of one {@link Append.Name}
   * @return one outcome for each, in the same order
   */
  public Future<List<Appended>> append(SqlConnection connection, List<Append> appends) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    List<Append> inChats = appends.stream().filter(Append::mayCreateRoom).toList();
    Future<?> chats =
        inChats.isEmpty()
            ? Future.succeededFuture()
            : RoomLogStore.createChats(connection, inChats, now);
    List<Append> toUsers =
        appends.stream().filter(append -> append.room().kind() == RoomKind.NOTIFICATIONS).toList();
    Future<?> inboxes =
        toUsers.isEmpty()
            ? Future.succeededFuture()
            : RoomLogStore.createInboxes(connection, toUsers, now);
    Future<?> locks = RoomLogStore.lock(connection, appends);
    Future<List<AppendRow>> rows = RoomLogStore.append(connection, appends, now);
    Future<Map<RoomKey, List<UserId>>> members = RoomLogStore.members(connection, appends);
    return Future.all(chats, inboxes, locks, rows, members)
        .map(_ -> outcomes(appends, rows.result(), members.result()));
  }

  /**
   * Which of some appends are stored, once no transaction that could store them is under way: the
   * locks of the rooms are waited for, and the entries are read by a statement that begins later.
   *
   * @param connection in a transaction, whose commit may be sent at once too
   * @return one outcome for each, in the same order; empty for what is not stored
   */
  Future<List<Optional<Stored>>> stored(SqlConnection connection, List<Append> appends) {
    Future<?> locks = RoomLogStore.lock(connection, appends);
    Future<Map<EntryId, Place>> places = RoomLogStore.places(connection, appends);
    Future<Map<RoomKey, List<UserId>>> members = RoomLogStore.members(connection, appends);
    return Future.all(locks, places, members)
        .map(_ -> stored(appends, places.result(), members.result()));
  }

  private static List<Optional<Stored>> stored(
      List<Append> appends, Map<EntryId, Place> places, Map<RoomKey, List<UserId>> members) {
    return appends.stream()
        .map(
            append ->
                Optional.ofNullable(places.get(append.id()))
                    .map(place -> new Stored(entry(append, place), ofRoom(members, append), null)))
        .toList();
  }

  private static Entry entry(Append append, Place place) {
    return entry(append, place.offset(), append.id(), place.createdAt(), append.content());
  }

  private static List<UserId> ofRoom(Map<RoomKey, List<UserId>> members, Append append) {
    return members.getOrDefault(RoomKey.of(append), List.of());
  }

  private static List<Appended> outcomes(
      List<Append> appends, List<AppendRow> rows, Map<RoomKey, List<UserId>> members) {
    var outcomes = new ArrayList<Appended>(appends.size());
    for (int i = 0; i < appends.size(); i++) {
      Append append = appends.get(i);
      outcomes.add(outcome(append, rows.get(i), ofRoom(members, append)));
    }
    return outcomes;
  }

  private static Appended outcome(Append append, AppendRow row, List<UserId> members) {
    if (!row.allowed()) {
      return append.caller().isAdmin() && !row.roomExists()
          ? new Appended.NoRoom()
          : new Appended.Denied();
    }
    RawJson before = row.contentBefore();
    if (before == null) {
      return new Stored(entry(append, row, append.content()), members, receipt(append, row));
    }
    return sameJson(before, append.content())
        ? new Appended.Repeated(entry(append, row, before))
        : new Appended.Conflicting();
  }

  private static @Nullable ReceiptMoved receipt(Append append, AppendRow row) {
    Long delivered = row.delivered();
    Long read = row.read();
    return delivered == null || read == null
        ? null
        : new ReceiptMoved(
            append.room(), append.caller().user(), delivered, row.offset(), read, row.offset());
  }

  private static Entry entry(Append append, AppendRow row, RawJson content) {
    return entry(append, row.offset(), row.id(), row.createdAt(), content);
  }

  private static Entry entry(
      Append append, long offset, EntryId id, Instant createdAt, RawJson content) {
    return new Entry(
        append.room(),
        offset,
        id,
        append.kind(),
        append.sender(),
        append.clientMessageId(),
        content,
        createdAt);
  }

  private static boolean sameJson(RawJson one, RawJson other) {
    return one.equals(other) || Json.tree(one).equals(Json.tree(other));
  }
}
