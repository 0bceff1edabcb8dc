package org.carewire.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.carewire.testkit.PostgresProxy.Moment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresProxyTest {
  private final TestPostgres.Database database = TestPostgres.newDatabase();
  private final PostgresProxy proxy = PostgresProxy.before(database);

  @BeforeEach
  void createTable() throws SQLException {
    try (Connection connection = connect()) {
      execute(connection, "create table thing (id int)");
    }
  }

  @AfterEach
  void close() {
    proxy.close();
  }

  @ParameterizedTest
  @CsvSource({
    "BEFORE_BEGIN, false",
    "BEFORE_COMMIT, false",
    "AFTER_COMMIT, true",
    "WITHIN_ANSWER, true"
  })
  void aConnectionIsCutAtAMomentOfOneTransaction(Moment moment, boolean stored)
      throws SQLException {
    CompletableFuture<Void> cut = proxy.cutAt(moment);
    try (Connection connection = connect()) {
      assertThatThrownBy(() -> insert(connection)).isInstanceOf(SQLException.class);
    }
    assertThat(cut).succeedsWithin(TestClient.DEADLINE);
    assertThat(things()).isEqualTo(stored ? 1 : 0);

    try (Connection connection = connect()) {
      insert(connection);
    }
    assertThat(things()).isEqualTo(stored ? 2 : 1);
  }

  @Test
  void aFrozenConnectionSaysNothingUntilItIsCut() throws Exception {
    CompletableFuture<Void> frozen = proxy.freezeAt(Moment.AFTER_COMMIT);
    try (Connection connection = connect()) {
      CompletableFuture<Boolean> inserted =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  insert(connection);
                  return true;
                } catch (SQLException _) {
                  return false;
                }
              });
      frozen.get(5, TimeUnit.SECONDS);
      assertThat(things()).isEqualTo(1);
      assertThat(inserted).isNotDone();

      proxy.cut();

      assertThat(inserted.get(5, TimeUnit.SECONDS)).isFalse();
    }
  }

  /** As a node speaks: each of its queries in one message. */
  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?preferQueryMode=simple"
            .formatted(proxy.port(), database.database()),
        database.user(),
        database.password());
  }

  private static void insert(Connection connection) throws SQLException {
    execute(connection, "begin");
    execute(connection, "insert into thing values (1)");
    execute(connection, "commit");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int things() throws SQLException {
    try (Connection connection = database.connect();
        var statement = connection.createStatement();
        var count = statement.executeQuery("select count(*) from thing")) {
      count.next();
      return count.getInt(1);
    }
  }
}
