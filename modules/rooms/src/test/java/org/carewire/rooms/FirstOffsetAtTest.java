package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.RoomsDatabase.await;

import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** The place of a moment in a room's log. */
class FirstOffsetAtTest {
  private static final Instant START = Instant.parse("2026-01-31T09:30:00Z");

  private static @Nullable RoomsDatabase database;

  @BeforeContainer
  static void open() {
    database = new RoomsDatabase();
  }

  @AfterContainer
  static void close() {
    database().close();
  }

  private static RoomsDatabase database() {
    return Objects.requireNonNull(database);
  }

  @Property
  void isWhatAScanFinds(
      @ForAll @Size(max = 30) List<@IntRange(max = 3) Integer> pausesMs,
      @ForAll @IntRange(min = -1, max = 60) int momentMs) {
    List<Instant> times = new ArrayList<>();
    Instant time = START;
    for (int pause : pausesMs) {
      time = time.plusMillis(pause);
      times.add(time);
    }
    Instant moment = START.plusMillis(momentMs);
    long key = store(times);

    long found = await(new EntryStore(database().pool()).firstOffsetAt(key, times.size(), moment));

    assertThat(found).isEqualTo(1 + times.stream().filter(t -> t.isBefore(moment)).count());
  }

  /** A new room with entries of these times; answers its key. */
  private static long store(List<Instant> times) {
    OffsetDateTime[] sqlTimes =
        times.stream().map(t -> t.atOffset(ZoneOffset.UTC)).toArray(OffsetDateTime[]::new);
    return await(
            database()
                .pool()
                .preparedQuery(
                    """
                    with created as (
                      insert into room (tenant_id, room_id, kind, top, updated_at)
                      values ('default', $1, 'visit', cardinality($2::timestamptz[]), now())
                      returning key
                    ), entries as (
                      insert into entry (room_key, "offset", id, kind, content, created_at)
                      select key, n, gen_random_uuid(), 'message', '{}', at
                      from created, unnest($2::timestamptz[]) with ordinality as t (at, n)
                    )
                    select key from created
                    """)
                .execute(Tuple.of("visit:" + UUID.randomUUID(), (Object) sqlTimes)))
        .iterator()
        .next()
        .getLong("key");
  }
}
