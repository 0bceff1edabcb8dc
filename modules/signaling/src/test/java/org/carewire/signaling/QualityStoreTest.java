package org.carewire.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.signaling.SignalingDatabase.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallMetrics;
import org.carewire.protocol.QualitySummary;
import org.carewire.protocol.QualitySummary.Spread;
import org.carewire.protocol.UserId;
import org.carewire.signaling.QualityStore.Sample;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class QualityStoreTest {
  private static SignalingDatabase database;

  @BeforeAll
  static void open() {
    database = new SignalingDatabase();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void summaryHasMinMedianAndP95OfEachParticipantAndMetric() {
    CallId call = database.newCall();
    for (int latency = 1; latency <= 21; latency++) {
      write(
          sample(call, "ann", new CallMetrics(null, null, null, latency * 10.0, null, null, null)));
    }
    write(
        sample(call, "doc", new CallMetrics(2500.5, 0.1, 7.0, 20.0, 0.3, "1280x720", 30.0)),
        sample(call, "doc", new CallMetrics(1500.5, 0.1, 8.0, 40.0, 0.4, "640x360", 25.0)));

    List<QualitySummary> summaries = await(QualityStore.summarise(database.pool(), call));

    assertThat(summaries)
        .containsExactly(
            new QualitySummary(new UserId("ann"), 21, Map.of("latency", new Spread(10, 110, 200))),
            new QualitySummary(
                new UserId("doc"),
                2,
                Map.of(
                    "bitrate",
                    new Spread(1500.5, 2000.5, 2450.5),
                    "packetsLost",
                    new Spread(0.1, 0.1, 0.1),
                    "jitter",
                    new Spread(7, 7.5, 7.95),
                    "latency",
                    new Spread(20, 30, 39),
                    "audioLevel",
                    new Spread(0.3, 0.35, 0.395),
                    "videoHeight",
                    new Spread(360, 540, 702),
                    "frameRate",
                    new Spread(25, 27.5, 29.75))));
  }

  @Test
  void callThatNobodyReportedOnHasNoSummary() {
    assertThat(await(QualityStore.summarise(database.pool(), database.newCall()))).isEmpty();
  }

  @Test
  void samplesOfCallsThatAreOverOrUnknownAreLeftOut() {
    CallId going = database.newCall();
    CallId over = database.newCall();
    database.end(over);
    var unknown = new CallId("00000000-0000-4000-8000-000000000000");

    write(
        sample(over, "ann", latency(10)),
        sample(going, "ann", latency(20)),
        sample(unknown, "ann", latency(30)));

    assertThat(stored(over)).isEmpty();
    assertThat(stored(unknown)).isEmpty();
    assertThat(stored(going)).containsExactly("ann,20");
  }

  @Test
  void whatIsWrittenWhileTheCallEndsIsLeftOutAndWaitsForNothing() throws SQLException {
    CallId call = database.newCall();
    try (Connection ending = database.connect();
        Statement statement = ending.createStatement()) {
      ending.setAutoCommit(false);
      statement.execute("update call set ended_at = now() where call_id = '" + call + "'");
      write(sample(call, "ann", latency(10)));
      ending.commit();
    }

    assertThat(stored(call)).isEmpty();
  }

  @Test
  void deletingTakesTheSamplesOfOneCall() {
    CallId one = database.newCall();
    CallId other = database.newCall();
    write(sample(one, "ann", latency(10)), sample(other, "ann", latency(20)));

    await(QualityStore.delete(database.pool(), one));

    assertThat(stored(one)).isEmpty();
    assertThat(stored(other)).containsExactly("ann,20");
  }

  private static void write(Sample... samples) {
    await(QualityStore.write(database.pool(), List.of(samples)));
  }

  private static Sample sample(CallId call, String user, CallMetrics metrics) {
    return new Sample(call, new UserId(user), metrics);
  }

  private static CallMetrics latency(double millis) {
    return new CallMetrics(null, null, null, millis, null, null, null);
  }

  private static List<String> stored(CallId call) {
    return database.query(
        "select user_id, latency from call_sample where call_id = '%s'".formatted(call));
  }
}
