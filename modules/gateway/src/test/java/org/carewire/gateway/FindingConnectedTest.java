package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.FindConnected;
import org.carewire.protocol.Limits;
import org.carewire.protocol.Role;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.junit.jupiter.api.Test;

/** Who counts as connected to a node. */
class FindingConnectedTest {
  private static final UserId ANN = new UserId("ann");
  private static final UserId BOB = new UserId("bob");
  private static final TenantId OTHER = new TenantId("other");

  private final SharedLimits shared = new SharedLimits(Limits.DEFAULT, new SimpleMeterRegistry());
  private final FindingConnected connected = new FindingConnected(shared);

  @Test
  void userIsConnectedUntilTheLastSessionEnds() {
    Caller ann = caller(TenantId.DEFAULT, ANN);
    shared.openSession(ann);
    shared.openSession(ann);

    assertThat(find(TenantId.DEFAULT)).containsExactly(ANN);
    shared.closeSession(ann);
    assertThat(find(TenantId.DEFAULT)).containsExactly(ANN);
    shared.closeSession(ann);
    assertThat(find(TenantId.DEFAULT)).isEmpty();
  }

  @Test
  void sessionsOfAnotherTenantDoNotCount() {
    shared.openSession(caller(OTHER, BOB));

    assertThat(find(TenantId.DEFAULT)).isEmpty();
    assertThat(find(OTHER)).containsExactly(BOB);
  }

  private List<UserId> find(TenantId tenant) {
    var service = new Caller(tenant, new UserId("notifications"), Role.SERVICE, null, null);
    return Verifying.await(connected.find(service, new FindConnected(List.of(ANN, BOB)))).users();
  }

  private static Caller caller(TenantId tenant, UserId user) {
    return new Caller(tenant, user, Role.PATIENT, null, null);
  }
}
