package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.carewire.testkit.TestPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {
  private static final int NODES = 5;

  private final TestPostgres.Database database = TestPostgres.newDatabase();

  @Test
  void nodesThatStartAtOnceMigrateAFreshDatabaseOnce() throws Exception {
    var start = new CyclicBarrier(NODES);
    try (var nodes = Executors.newFixedThreadPool(NODES)) {
      var done = new ArrayList<Future<?>>();
      for (int i = 0; i < NODES; i++) {
        done.add(
            nodes.submit(
                () -> {
                  start.await();
                  migrate();
                  return null;
                }));
      }
      for (Future<?> node : done) {
        node.get();
      }
    }

    assertThat(query("select version, count(*) from flyway_schema_history group by version"))
        .isNotEmpty()
        .allMatch(row -> row.endsWith(",1"));
    assertThat(query("select success from flyway_schema_history")).containsOnly("t");
  }

  @Test
  void aDatabaseThatIsUpToDateStaysAsItIs() throws SQLException {
    migrate();
    execute("insert into audit (at, action, subject) values (now(), 'first', 'x')");

    migrate();

    assertThat(query("select action from audit")).containsExactly("first");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "update audit set subject = 'changed'",
        "update audit set subject = 'changed' where false",
        "delete from audit",
        "truncate audit"
      })
  void theAuditLogIsOnlyAddedTo(String change) throws SQLException {
    migrate();
    execute("insert into audit (at, action, subject) values (now(), 'first', 'x')");

    assertThatThrownBy(() -> execute(change)).hasMessageContaining("append-only");

    assertThat(query("select subject from audit")).containsExactly("x");
  }

  private void migrate() {
    Migrations.run(
        new PostgresConfig(
            List.of(new ServerAddress(database.host(), database.port())),
            database.database(),
            database.user(),
            database.password(),
            PostgresConfig.Tls.DISABLE,
            2));
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The rows, with commas between their columns. */
  private List<String> query(String sql) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      var read = new ArrayList<String>();
      while (rows.next()) {
        var columns = new ArrayList<String>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          columns.add(rows.getString(i));
        }
        read.add(String.join(",", columns));
      }
      return read;
    }
  }
}
