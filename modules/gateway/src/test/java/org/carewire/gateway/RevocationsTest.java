package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Instant;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.Epoch;
import org.carewire.platform.NodeId;
import org.carewire.protocol.Revocation;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which tokens a revocation is about. */
class RevocationsTest {
  private static final UserId ANN = new UserId("ann");
  private static final Instant SECOND = Instant.parse("2026-01-31T09:30:00Z");

  private final Vertx vertx = Vertx.vertx();
  private final Revocations revocations =
      new Revocations(
          vertx,
          new Bus(vertx, Cluster.alone(NodeId.fresh()), 1, new SimpleMeterRegistry()),
          new Epoch());

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void tokenIsRevokedUpToTheSecondOfTheRevocation() {
    revoke(SECOND.plusMillis(999));

    assertThat(isRevoked(SECOND.minusSeconds(1))).isTrue();
    assertThat(isRevoked(SECOND)).isTrue();
    assertThat(isRevoked(SECOND.plusSeconds(1))).isFalse();
  }

  @Test
  void earlierRevocationThatIsLearnedLaterTakesNothingBack() {
    revoke(SECOND);
    revoke(SECOND.minusSeconds(60));

    assertThat(isRevoked(SECOND)).isTrue();
  }

  @Test
  void othersAreNotConcerned() {
    revoke(SECOND);

    assertThat(revocations.isRevoked(principal(TenantId.DEFAULT, new UserId("ben"), SECOND)))
        .isFalse();
    assertThat(revocations.isRevoked(principal(new TenantId("elsewhere"), ANN, SECOND))).isFalse();
  }

  private void revoke(Instant time) {
    revocations.learn(new Revocation(TenantId.DEFAULT, ANN, time));
  }

  private boolean isRevoked(Instant issuedAt) {
    return revocations.isRevoked(principal(TenantId.DEFAULT, ANN, issuedAt));
  }

  private static Principal principal(TenantId tenant, UserId user, Instant issuedAt) {
    return new Principal(tenant, user, Role.PATIENT, issuedAt, SECOND.plusSeconds(3_600));
  }
}
