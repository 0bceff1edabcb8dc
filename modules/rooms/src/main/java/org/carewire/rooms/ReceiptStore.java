package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.carewire.protocol.Caller;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.MarkMessages;
import org.carewire.protocol.ReceiptKind;
import org.carewire.protocol.ReceiptMoved;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** The receipts of members: how far each has come in each room. */
public final class ReceiptStore {
  /**
   * A request is stored as a whole or not at all. The members' rows are locked in order of their
   * keys, as appends do it, so that the two cannot block each other; {@code behind} has them as
   * they are once they are locked, which may be later than the statement's snapshot.
   */
  static final String MARK =
      """
      with request as (
        select *
        from unnest($1::text[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[],
                    $6::text[], $7::bigint[]) with ordinality
          as q (tenant_id, user_id, admin, staff, reads, room_id, "offset", n)
      ), mark as (
        select q.n, r.key as room_key, r.tenant_id, r.room_id, r.kind, r.top, q."offset"
        from request q
        left join room r on r.tenant_id = q.tenant_id and r.room_id = q.room_id
        where q."offset" is not null
        union all
        select q.n, r.key, r.tenant_id, r.room_id, r.kind, r.top, max(e."offset")
        from unnest($8::bigint[], $9::uuid[]) as i (n, id)
        join request q on q.n = i.n
        left join entry e on e.id = i.id
        left join room r on r.key = e.room_key and r.tenant_id = q.tenant_id
          and (q.room_id is null or r.room_id = q.room_id)
        group by q.n, r.key
      ), judged as (
        select m.*, q.user_id, q.admin, q.reads,
          o.user_id is not null
            and (m.kind <> 'chat' or q.staff or may_chat(m.tenant_id, m.room_id)) as allowed
        from mark m
        join request q on q.n = m.n
        left join room_member o on o.room_key = m.room_key and o.user_id = q.user_id
      ), verdict as (
        select n,
          case when not bool_and(allowed or (admin and room_key is not null)) then 'unknown'
            when bool_or("offset" > top) then 'above_top'
            else 'stored' end as verdict
        from judged
        group by n
      ), goal as (
        select j.room_key, j.user_id, max(j."offset") as delivered,
          coalesce(max(j."offset") filter (where j.reads), 0) as read
        from judged j
        join verdict v on v.n = j.n
        where v.verdict = 'stored' and j.allowed
        group by j.room_key, j.user_id
      ), behind as (
        select m.room_key, m.user_id, m.delivered as delivered_before, m.read as read_before,
          g.delivered, g.read
        from goal g
        join room_member m on m.room_key = g.room_key and m.user_id = g.user_id
        where m.delivered < g.delivered or m.read < g.read
        order by m.room_key, m.user_id
        for no key update of m
      ), moved as (
        update room_member m
        set delivered = greatest(m.delivered, b.delivered), read = greatest(m.read, b.read)
        from behind b
        where m.room_key = b.room_key and m.user_id = b.user_id
        returning m.room_key, m.user_id, b.delivered_before, m.delivered, b.read_before, m.read
      )
      select j.n, v.verdict, j.allowed, j.room_key, j.room_id, j."offset",
        w.delivered_before, w.delivered, w.read_before, w.read
      from judged j
      join verdict v on v.n = j.n
      left join moved w on w.room_key = j.room_key and w.user_id = j.user_id
      order by j.n
      """;

  static final String COVERED =
      """
      with span as (
        select s.n, r.key as room_key, s.user_id, s.above, s.up_to
        from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
          with ordinality as s (tenant_id, room_id, user_id, above, up_to, n)
        join room r on r.tenant_id = s.tenant_id and r.room_id = s.room_id
        where (select count(*)
               from (select from room_member where room_key = r.key limit $6::bigint + 1) as m)
          <= $6
      )
      select c.n, c.sender_id, c.ids
      from (
        select s.n, s.room_key, e.sender_id, array_agg(e.id order by e."offset") as ids
        from span s
        cross join lateral (
          select id, "offset", sender_id
          from entry
          where room_key = s.room_key and "offset" > s.above and "offset" <= s.up_to
          order by "offset" desc
          limit $7
        ) as e
        where e.sender_id <> s.user_id
        group by s.n, s.room_key, e.sender_id
      ) as c
      join room_member author on author.room_key = c.room_key and author.user_id = c.sender_id
      """;

  /** Who asks for what. */
  record Request(Caller caller, MarkMessages command) {}

  /** A receipt that has moved, with one of those who moved it. */
  record Move(Caller by, ReceiptMoved moved) {}

  /**
   * What became of a batch.
   *
   * @param outcomes one for each request, in the same order
   */
  record Result(List<Marked> outcomes, List<Move> moved) {}

  /** The entries of a room that a receipt of {@code reader} has passed. */
  public record Span(
      TenantId tenant, RoomId room, UserId reader, ReceiptKind kind, long above, long upTo) {}

  /**
   * What one author has in a span.
   *
   * @param messages oldest first
   */
  public record Covered(Span span, UserId author, List<EntryId> messages) {}

  private record RoomUser(long roomKey, UserId user) {}

  private final Pool pool;

  public ReceiptStore(Pool pool) {
    this.pool = pool;
  }

  /** Moves receipts; committed when the future completes. */
  Future<Result> mark(List<Request> requests) {
    var idOf = new ArrayList<Long>();
    var ids = new ArrayList<UUID>();
    for (int i = 0; i < requests.size(); i++) {
      for (EntryId message : requests.get(i).command().messages()) {
        idOf.add(i + 1L);
        ids.add(message.value());
      }
    }
    Tuple arguments =
        Tuple.tuple()
            .addValue(array(requests, by -> by.caller().tenant().value(), String[]::new))
            .addValue(array(requests, by -> by.caller().user().value(), String[]::new))
            .addValue(array(requests, by -> by.caller().isAdmin(), Boolean[]::new))
            .addValue(array(requests, by -> by.caller().role().isCareStaff(), Boolean[]::new))
            .addValue(
                array(requests, by -> by.command().kind() == ReceiptKind.READ, Boolean[]::new))
            .addValue(array(requests, ReceiptStore::room, String[]::new))
            .addValue(array(requests, ReceiptStore::offset, Long[]::new))
            .addValue(idOf.toArray(Long[]::new))
            .addValue(ids.toArray(UUID[]::new));
    return pool.preparedQuery(MARK).execute(arguments).map(rows -> result(requests, rows));
  }

  private static @Nullable String room(Request request) {
    RoomId room = request.command().room();
    return room == null ? null : room.value();
  }

  private static @Nullable Long offset(Request request) {
    return request.command().messages().isEmpty() ? request.command().offset() : null;
  }

  /** From rows for each request and each room that it names. */
  private static Result result(List<Request> requests, RowSet<Row> rows) {
    var outcomes = new ArrayList<Marked>(requests.size());
    var moves = new ArrayList<Move>();
    var movers = new HashSet<RoomUser>();
    for (Row row : rows) {
      Caller caller = requests.get(row.getInteger("n") - 1).caller();
      if (outcomes.size() < row.getInteger("n")) {
        outcomes.add(outcome(caller, row.getString("verdict")));
      }
      if (outcomes.getLast() instanceof Marked.Stored stored && row.getBoolean("allowed")) {
        stored.reached().add(new Marked.Reached(row.getLong("room_key"), row.getLong("offset")));
      }
      if (row.getLong("delivered") != null
          && movers.add(new RoomUser(row.getLong("room_key"), caller.user()))) {
        moves.add(new Move(caller, moved(caller.user(), row)));
      }
    }
    return new Result(outcomes, moves);
  }

  private static Marked outcome(Caller caller, String verdict) {
    return switch (verdict) {
      case "stored" -> new Marked.Stored(new ArrayList<>());
      case "above_top" -> new Marked.AboveTop();
      default -> caller.isAdmin() ? new Marked.NotFound() : new Marked.Denied();
    };
  }

  private static ReceiptMoved moved(UserId user, Row row) {
    return new ReceiptMoved(
        RoomId.parse(row.getString("room_id")),
        user,
        row.getLong("delivered_before"),
        row.getLong("delivered"),
        row.getLong("read_before"),
        row.getLong("read"));
  }

  /**
   * Whose messages lie in the spans, but the reader's own and those of authors who are no members
   * any more.
   *
   * @param maxMembers rooms with more are left out
   * @param maxMessages of each span only so many entries are looked at, the newest
   */
  public Future<List<Covered>> covered(List<Span> spans, int maxMembers, int maxMessages) {
    Tuple arguments =
        Tuple.tuple()
            .addValue(array(spans, span -> span.tenant().value(), String[]::new))
            .addValue(array(spans, span -> span.room().value(), String[]::new))
            .addValue(array(spans, span -> span.reader().value(), String[]::new))
            .addValue(array(spans, Span::above, Long[]::new))
            .addValue(array(spans, Span::upTo, Long[]::new))
            .addValue((long) maxMembers)
            .addValue((long) maxMessages);
    return pool.preparedQuery(COVERED)
        .execute(arguments)
        .map(
            rows -> {
              var covered = new ArrayList<Covered>(rows.size());
              for (Row row : rows) {
                covered.add(
                    new Covered(
                        spans.get(row.getInteger("n") - 1),
                        new UserId(row.getString("sender_id")),
                        Arrays.stream(row.getArrayOfUUIDs("ids")).map(EntryId::new).toList()));
              }
              return covered;
            });
  }

  private static <S, T> T[] array(
      List<S> values, Function<S, @Nullable T> field, IntFunction<T[]> array) {
    return values.stream().map(field).toArray(array);
  }
}
