package org.carewire.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.NodeId;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CheckCallMembers;
import org.carewire.protocol.Done;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SignalingEndpoints;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CheckingCallsTest {
  private static final long DEADLINE_SECONDS = 15;
  private static final Caller PLATFORM =
      new Caller(TenantId.DEFAULT, new UserId("ehr"), Role.SERVICE, null, null);

  private record Asked(CheckCallMembers rooms, Promise<Done> answer) {}

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Bus bus =
      new Bus(vertx, Cluster.alone(NodeId.fresh()), 1, new SimpleMeterRegistry());
  private final CheckingCalls checking = new CheckingCalls(vertx, bus, Clock.systemUTC());
  private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

  @BeforeEach
  void serve() throws TimeoutException {
    bus.serve(
            0,
            SignalingEndpoints.CHECK_MEMBERS,
            (_, rooms) -> {
              Promise<Done> answer = Promise.promise();
              asked.add(new Asked(rooms, answer));
              return answer.future();
            })
        .await(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws TimeoutException {
    vertx.close().await(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void callsAreCheckedAgainWhereNobodyAnswered() throws InterruptedException {
    var rooms = new CheckCallMembers(Set.of(RoomId.parse("visit:v1")));
    context.runOnContext(_ -> checking.check(PLATFORM, rooms));

    next().answer().fail(Refusal.unavailable("Not now"));

    assertThat(next().rooms()).isEqualTo(rooms);
  }

  private Asked next() throws InterruptedException {
    Asked next = asked.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("Nothing was asked");
    }
    return next;
  }
}
