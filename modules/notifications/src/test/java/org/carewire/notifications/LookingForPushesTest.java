package org.carewire.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is pushed to. */
class LookingForPushesTest {
  private final PushScene scene = new PushScene().withWebhook();
  private final PushEndpoint endpoint = scene.endpoint;

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void whoIsNotConnectedIsPushedToAtOnce() {
    scene.node();
    scene.notify("ann");

    endpoint.next();
    scene.awaitSettled();
    assertThat(outcome("pushed")).isEqualTo(1);
  }

  @Test
  void gatewayThatDoesNotAnswerCountsAsOneWithoutSessions() {
    scene.isConnected("ann");
    scene.nodeWithoutGateway();
    scene.notify("ann");

    endpoint.next();
  }

  @Test
  void whoIsConnectedAndHasAcknowledgedIsNotPushedTo() {
    scene.isConnected("ann");
    scene.notify("ann");
    scene.acknowledge("ann", 1);
    scene.node();

    scene.awaitSettled();
    assertNotPushed("seen");
  }

  @Test
  void whoIsConnectedButDoesNotAcknowledgeAsBeforeIsPushedToLater() {
    scene.isConnected("ann");
    scene.notify("ann");
    scene.acknowledge("ann", 1);
    scene.notify("ann");
    scene.node();
    awaitLater();
    assertThat(endpoint.hasMore()).isFalse();

    scene.clock.turn(Duration.ofSeconds(5));

    endpoint.next();
    scene.awaitSettled();
    assertThat(endpoint.hasMore()).isFalse();
  }

  @Test
  void whoIsConnectedAndHasNeverAcknowledgedIsNotPushedTo() {
    scene.isConnected("ann");
    scene.notify("ann");
    scene.node();
    awaitLater();

    scene.clock.turn(Duration.ofSeconds(5));

    scene.awaitSettled();
    assertNotPushed("seen");
  }

  @Test
  void whoHasAcknowledgedMeanwhileIsNotPushedTo() {
    scene.isConnected("ann");
    scene.notify("ann");
    scene.acknowledge("ann", 1);
    scene.notify("ann");
    scene.node();
    awaitLater();

    scene.acknowledge("ann", 2);
    scene.clock.turn(Duration.ofSeconds(5));

    scene.awaitSettled();
    assertNotPushed("seen");
  }

  @Test
  void whoHasReadMeanwhileIsNotPushedTo() {
    scene.isConnected("ann");
    scene.notify("ann");
    scene.acknowledge("ann", 1);
    scene.notify("ann");
    scene.node();
    awaitLater();

    scene.execute("update notification set read_at = now() where \"offset\" = 2");
    scene.clock.turn(Duration.ofSeconds(5));

    scene.awaitSettled();
    assertNotPushed("read");
  }

  @Test
  void whoHasReadItBeforeIsNotPushedTo() {
    scene.notify("ann");
    scene.execute("update inbox set read_up_to = 1");
    scene.node();

    scene.awaitSettled();
    assertNotPushed("read");
  }

  @Test
  void nobodyIsPushedWhatIsTooOld() {
    scene.notify("ann");
    scene.clock.turn(PushScene.GIVE_UP_AFTER.plusSeconds(1));
    scene.node();

    scene.awaitSettled();
    assertNotPushed("expired");
  }

  /** The first look has left it to the second. */
  private void awaitLater() {
    PushScene.awaitUntil(
        () ->
            scene.one(
                    """
                    select count(*) from notification
                    where push_at = timestamptz '%s' + interval '5 s'
                    """
                        .formatted(scene.clock.instant()))
                == 1);
  }

  private void assertNotPushed(String outcome) {
    PushScene.awaitUntil(() -> outcome(outcome) > 0);
    assertThat(outcome("pushed")).isZero();
    assertThat(scene.query("select 1 from push")).isEmpty();
    assertThat(endpoint.hasMore()).isFalse();
  }

  private double outcome(String outcome) {
    return scene.metrics.counter("carewire.push.looked", "outcome", outcome).count();
  }
}
