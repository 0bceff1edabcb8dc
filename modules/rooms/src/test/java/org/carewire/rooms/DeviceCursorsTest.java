package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.RoomsDatabase.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeviceCursorsTest {
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final Caller PHONE = on("phone");
  private static final Caller LAPTOP = on("laptop");

  private RoomsDatabase database;
  private Loop loop;

  @BeforeAll
  void open() {
    database = new RoomsDatabase();
    // Counts the writes to each row.
    database.execute(
        """
        alter table device_cursor add writes int not null default 1;
        create function count_write() returns trigger language plpgsql as $$
        begin
          new.writes := old.writes + 1;
          return new;
        end
        $$;
        create trigger count_write before update on device_cursor
          for each row execute function count_write();
        insert into device (tenant_id, user_id, device_id, seen_at)
        values ('default', 'ann', 'phone', now()), ('default', 'ann', 'laptop', now()),
          ('default', 'bob', 'phone', now()), ('elsewhere', 'ann', 'tablet', now());
        """);
  }

  @BeforeEach
  void openLoop() {
    loop = new Loop(database.vertx(), database.pool(1));
    database.deploy(loop);
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void highestOffsetOfEachDeviceIsWrittenOnceWithinASecond() {
    RoomId room = database.visit("highest", "ann", "doc");
    long key = key(room);

    loop.run(
        cursors -> {
          for (int offset = 1; offset <= 50; offset++) {
            cursors.reached(PHONE, key, offset);
          }
          cursors.reached(PHONE, key, 7);
          cursors.reached(LAPTOP, key, 3);
        });

    database.await(SOON, () -> cursors(room).equals(List.of("laptop,3,1", "phone,50,1")));
  }

  @Test
  void cursorNeverMovesDown() {
    RoomId room = database.visit("down", "ann", "doc");
    loop.run(cursors -> cursors.reached(PHONE, key(room), 5));
    await(loop.close());

    loop.run(cursors -> cursors.reached(PHONE, key(room), 4));
    await(loop.close());

    assertThat(cursors(room)).containsExactly("phone,5,1");
  }

  @Test
  void nothingIsWrittenForWhoIsNoMemberOrHasNoKnownDevice() {
    RoomId room = database.visit("strangers", "ann", "doc");
    loop.run(
        cursors -> {
          cursors.reached(on("tablet"), key(room), 1);
          cursors.reached(caller("bob", new DeviceId("phone")), key(room), 1);
          cursors.reached(caller("ann", null), key(room), 1);
          cursors.reached(PHONE, key(room), 0);
        });
    await(loop.close());

    assertThat(cursors(room)).isEmpty();
  }

  @Test
  void outageDelaysCursorsAndLosesNone() throws SQLException {
    RoomId room = database.visit("outage", "ann", "doc");
    try (Connection blocker = database.connect()) {
      blocker.setAutoCommit(false);
      blocker.createStatement().execute("lock table device_cursor");
      loop.run(cursors -> cursors.reached(PHONE, key(room), 5));
      database.awaitWaitingForLocks(1);
      loop.run(
          cursors -> {
            cursors.reached(PHONE, key(room), 4);
            cursors.reached(LAPTOP, key(room), 6);
          });
      database.killConnections();
      blocker.rollback();
    }

    database.await(SOON, () -> cursors(room).equals(List.of("laptop,6,1", "phone,5,1")));
  }

  @Test
  void closingWritesWhatWaits() {
    RoomId room = database.visit("closing", "ann", "doc");
    loop.run(cursors -> cursors.reached(PHONE, key(room), 2));

    await(loop.close());

    assertThat(cursors(room)).containsExactly("phone,2,1");
  }

  private static Caller on(String device) {
    return caller("ann", new DeviceId(device));
  }

  private static Caller caller(String user, @Nullable DeviceId device) {
    return new Caller(TenantId.DEFAULT, new UserId(user), Role.PATIENT, null, device);
  }

  private long key(RoomId room) {
    return Long.parseLong(
        database.query("select key from room where room_id = ?", room.value()).getFirst());
  }

  private List<String> cursors(RoomId room) {
    return database.query(
        """
        select device_id, "offset", writes
        from device_cursor join device d on d.key = device_key
        where room_key = (select key from room where room_id = ?)
        order by 1
        """,
        room.value());
  }

  /** The cursors on their event loop. */
  private static final class Loop extends VerticleBase {
    private final DeviceCursors cursors;

    Loop(Vertx vertx, Pool pool) {
      cursors = new DeviceCursors(vertx, pool, new SimpleMeterRegistry());
    }

    void run(Consumer<DeviceCursors> action) {
      context.runOnContext(_ -> action.accept(cursors));
    }

    Future<?> close() {
      Promise<Void> closed = Promise.promise();
      run(open -> open.close().<Void>mapEmpty().onComplete(closed));
      return closed.future();
    }
  }
}
