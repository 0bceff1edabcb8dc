package org.carewire.rooms;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.carewire.platform.Postgres;
import org.carewire.protocol.Caller;
import org.carewire.protocol.PutVisit;
import org.carewire.protocol.Role;
import org.carewire.protocol.UserId;
import org.carewire.protocol.Visit;
import org.carewire.protocol.VisitId;
import org.carewire.protocol.VisitStatus;
import org.jspecify.annotations.Nullable;

/** Visits; who takes part in one is the members of its room. */
public final class VisitStore {
  private static final String PUT =
      """
      insert into visit as v
        (tenant_id, visit_id, room_key, patient_id, provider_id, status, scheduled_at)
      values ($1, $2, $3, $4, $5, coalesce($6, 'waiting'), $7)
      on conflict (tenant_id, visit_id) do update
      set patient_id = excluded.patient_id, provider_id = excluded.provider_id,
        status = coalesce($6, v.status), scheduled_at = excluded.scheduled_at
      returning status, xmax = 0 as created
      """;

  private static final String GET =
      """
      select v.patient_id, v.provider_id, v.status, v.scheduled_at, m.user_id, m.role
      from visit v
      join room_member m on m.room_key = v.room_key
      where v.tenant_id = $1 and v.visit_id = $2
      order by m.user_id
      """;

  /**
   * What a put changed.
   *
   * @param removed who was taken off
   */
  public record Change(Visit visit, boolean created, List<UserId> removed) {}

  private final Pool pool;
  private final Clock clock;

  public VisitStore(Pool pool, Clock clock) {
    this.pool = pool;
    this.clock = clock;
  }

  /** The visit, its room and its members, in one transaction. */
  public Future<Change> put(Caller caller, PutVisit command) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    return Postgres.transaction(
        pool,
        connection ->
            MemberStore.lockRoom(connection, caller, command.room(), now)
                .compose(
                    key ->
                        MemberStore.set(
                                connection, caller, command.room(), key, command.members(), now)
                            .compose(
                                removed ->
                                    UserStore.named(connection, caller.tenant(), command.members())
                                        .compose(_ -> putRow(connection, caller, command, key))
                                        .map(row -> change(command, row, removed)))));
  }

  private static Future<Row> putRow(
      SqlConnection connection, Caller caller, PutVisit command, long roomKey) {
    VisitStatus status = command.status();
    Instant scheduledAt = command.scheduledAt();
    return connection
        .preparedQuery(PUT)
        .execute(
            Tuple.of(
                    caller.tenant().value(),
                    command.visit().value(),
                    roomKey,
                    command.patient().value(),
                    command.provider().value())
                .addValue(status == null ? null : status.wireName())
                .addValue(scheduledAt == null ? null : scheduledAt.atOffset(ZoneOffset.UTC)))
        .map(rows -> rows.iterator().next());
  }

  private static Change change(PutVisit command, Row row, List<UserId> removed) {
    Visit visit =
        new Visit(
            command.visit(),
            command.patient(),
            command.provider(),
            command.participants(),
            VisitStatus.parse(row.getString("status")),
            command.scheduledAt());
    return new Change(visit, row.getBoolean("created"), removed);
  }

  /** The visit; null where there is none. */
  public Future<@Nullable Visit> find(Caller caller, VisitId id) {
    return pool.preparedQuery(GET)
        .execute(Tuple.of(caller.tenant().value(), id.value()))
        .map(
            rows -> {
              Visit visit = null;
              var participants = new ArrayList<Visit.Member>();
              for (Row row : rows) {
                if (visit == null) {
                  visit = visit(id, row, participants);
                }
                UserId user = new UserId(row.getString("user_id"));
                if (!user.equals(visit.patientId()) && !user.equals(visit.providerId())) {
                  participants.add(new Visit.Member(user, Role.parse(row.getString("role"))));
                }
              }
              return visit;
            });
  }

  private static Visit visit(VisitId id, Row row, List<Visit.Member> participants) {
    OffsetDateTime scheduledAt = row.getOffsetDateTime("scheduled_at");
    return new Visit(
        id,
        new UserId(row.getString("patient_id")),
        new UserId(row.getString("provider_id")),
        participants,
        VisitStatus.parse(row.getString("status")),
        scheduledAt == null ? null : scheduledAt.toInstant());
  }
}
