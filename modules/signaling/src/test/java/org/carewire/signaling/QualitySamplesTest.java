package org.carewire.signaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.signaling.SignalingDatabase.await;
import static org.carewire.signaling.SignalingDatabase.awaitUntil;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.sqlclient.Pool;
import java.util.List;
import java.util.function.Supplier;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallMetrics;
import org.carewire.protocol.UserId;
import org.carewire.testkit.FaultProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QualitySamplesTest {
  private static final int CAPACITY = 10_000;

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private SignalingDatabase database;
  private Context loop;

  @BeforeEach
  void open() {
    database = new SignalingDatabase();
    loop = database.vertx().getOrCreateContext();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void ofEachParticipantTheLastReportOfASecondIsStored() {
    CallId call = database.newCall();
    QualitySamples samples = samples(database.pool());

    onLoop(
        () -> {
          samples.add(call, new UserId("ann"), latency(10));
          samples.add(call, new UserId("doc"), latency(20));
          samples.add(call, new UserId("ann"), latency(30));
        });

    awaitUntil(() -> !stored().isEmpty());
    assertThat(stored()).containsExactly("ann,30", "doc,20");
  }

  @Test
  void whatComesLaterIsStoredToo() {
    CallId call = database.newCall();
    QualitySamples samples = samples(database.pool());
    onLoop(() -> samples.add(call, new UserId("ann"), latency(10)));
    awaitUntil(() -> stored().size() == 1);

    onLoop(() -> samples.add(call, new UserId("ann"), latency(20)));

    awaitUntil(() -> stored().size() == 2);
    assertThat(stored()).containsExactly("ann,10", "ann,20");
  }

  @Test
  void closingStoresWhatIsLeft() {
    CallId call = database.newCall();
    QualitySamples samples = samples(database.pool());

    await(
        awaited(
            () -> {
              samples.add(call, new UserId("ann"), latency(10));
              return samples.close();
            }));

    assertThat(stored()).containsExactly("ann,10");
  }

  @Test
  void whatIsTooMuchIsDroppedAndCounted() {
    CallId call = database.newCall();
    QualitySamples samples = samples(database.pool());

    await(
        awaited(
            () -> {
              for (int i = 0; i < CAPACITY + 3; i++) {
                samples.add(call, new UserId("u" + i), latency(10));
              }
              samples.add(call, new UserId("u0"), latency(20));
              return samples.close();
            }));

    assertThat(stored()).hasSize(CAPACITY).contains("u0,20");
    assertThat(dropped()).isEqualTo(3);
  }

  @Test
  void outageCostsTheSamplesOfItsTimeAndNoMore() {
    CallId call = database.newCall();
    try (FaultProxy network = database.network()) {
      QualitySamples samples = samples(database.through(network));
      network.refuse();
      onLoop(() -> samples.add(call, new UserId("ann"), latency(10)));
      awaitUntil(() -> dropped() == 1);
      network.stopRefusing();

      onLoop(() -> samples.add(call, new UserId("ann"), latency(20)));

      awaitUntil(() -> !stored().isEmpty());
      assertThat(stored()).containsExactly("ann,20");
    }
  }

  private QualitySamples samples(Pool pool) {
    return new QualitySamples(database.vertx(), pool, metrics);
  }

  private double dropped() {
    return metrics.counter("carewire.calls.samples.dropped").count();
  }

  private List<String> stored() {
    return database.query("select user_id, latency from call_sample order by 1, 2");
  }

  /** Does it on the event loop. */
  private void onLoop(Runnable work) {
    await(
        awaited(
            () -> {
              work.run();
              return Future.succeededFuture();
            }));
  }

  private Future<?> awaited(Supplier<Future<?>> work) {
    Promise<Object> done = Promise.promise();
    loop.runOnContext(_ -> work.get().<Object>mapEmpty().onComplete(done));
    return done.future();
  }

  private static CallMetrics latency(double millis) {
    return new CallMetrics(null, null, null, millis, null, null, null);
  }
}
