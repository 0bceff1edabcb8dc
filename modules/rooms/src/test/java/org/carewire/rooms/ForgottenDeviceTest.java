package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.Appends.by;
import static org.carewire.rooms.RoomsDatabase.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.Positions.Position;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Devices that nobody has seen for long, or that are too many, are forgotten. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForgottenDeviceTest {
  private RoomsDatabase database;
  private PositionStore positions;

  @BeforeAll
  void open() {
    database = new RoomsDatabase();
    positions = new PositionStore(database.pool(2), Clock.systemUTC());
  }

  @AfterAll
  void close() {
    database.close();
  }

  @Test
  void deviceUnseenFor90DaysIsForgottenWithItsCursors() throws SQLException {
    RoomId room = database.visit("forgotten", "ann", "doc");
    await(database.queue().append(by("doc", room, "hello")));
    cursorOf("old");
    cursorOf("young");
    execute("update device set seen_at = now() - interval '91 days' where device_id = 'old'");
    execute("update device set seen_at = now() - interval '89 days' where device_id = 'young'");

    await(positions.forgetUnseen());

    assertThat(database.query("select device_id from device where device_id in ('old', 'young')"))
        .containsExactly("young");
    assertThat(database.query("select \"offset\"::text from device_cursor")).containsExactly("1");
  }

  @Test
  void ofMoreThanAHundredDevicesOfAUserTheLastAreKept() throws SQLException {
    execute(
        """
        insert into device (tenant_id, user_id, device_id, seen_at)
        select 't', 'many', 'd' || n, now() - n * interval '1 hour' from generate_series(1, 105) n
        """);

    await(positions.forgetUnseen());

    assertThat(database.query("select device_id from device where user_id = 'many'"))
        .hasSize(100)
        .contains("d1", "d100")
        .doesNotContain("d101");
  }

  private List<Position> cursorOf(String device) {
    var caller =
        new Caller(
            TenantId.DEFAULT,
            new UserId("ann"),
            Role.PATIENT,
            new SocketId("s"),
            new DeviceId(device));
    return await(positions.find(List.of(caller), List.of())).getFirst();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
