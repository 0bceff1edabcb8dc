package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.Verifying.await;
import static org.carewire.gateway.Verifying.failure;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.carewire.gateway.Ward.Asked;
import org.carewire.gateway.Ward.Client;
import org.carewire.protocol.Caller;
import org.carewire.protocol.DeliverSignal;
import org.carewire.protocol.Done;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SignalCall;
import org.carewire.protocol.SignalDelivered;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How signals go out of a gateway, and come into one. */
class CallSignalsTest {
  private static final SignalDelivered HERE = new SignalDelivered(true);
  private static final Duration LONG = Duration.ofSeconds(5);

  private final CallWard ward = new CallWard();

  @AfterEach
  void close() {
    ward.close();
  }

  @Test
  void signalsToOneRecipientGoOneAfterTheOther() {
    Client ann = ward.client("ann");
    Future<Done> first = ward.signal(ann, "bob");
    Future<Done> second = ward.signal(ann, "bob");
    ward.signal(ann, "cyd");

    Asked one = ward.nextAsked();
    assertThat(sent(one)).isEqualTo("bob 1");
    assertThat(sent(ward.nextAsked())).isEqualTo("cyd 3");
    assertThat(first.isComplete()).isFalse();
    one.reply(HERE);
    await(first);
    Asked two = ward.nextAsked();
    assertThat(sent(two)).isEqualTo("bob 2");
    two.reply(HERE);
    await(second);
    assertThat(counted("delivered")).isEqualTo(2);
  }

  @Test
  void unansweredSignalIsRepeatedWithItsNumberBeforeTheNextOneGoes() {
    Client ann = ward.client("ann");
    Future<Done> first = ward.signal(ann, "bob");
    ward.signal(ann, "bob");

    ward.nextAsked().refuse(ward.unavailable);
    Asked again = ward.nextAsked();
    assertThat(sent(again)).isEqualTo("bob 1");
    again.reply(HERE);
    await(first);
    assertThat(sent(ward.nextAsked())).isEqualTo("bob 2");
  }

  @Test
  void signalsThatNobodyAnswersAreRefusedAfterAWhile() {
    Client ann = ward.client("ann");
    Future<Done> first = ward.signal(ann, "bob");
    Future<Done> second = ward.signal(ann, "bob");

    ward.nextAsked().refuse(ward.unavailable);
    Asked again = ward.nextAsked();
    ward.clock.turn(LONG);
    again.refuse(ward.unavailable);

    assertThat(code(first)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(code(second)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(counted("timedOut")).isEqualTo(2);
    ward.signal(ann, "bob");
    assertThat(sent(ward.nextAsked())).isEqualTo("bob 3");
  }

  @Test
  void whoIsNotConnectedIsNotTriedAgain() {
    Client ann = ward.client("ann");
    Future<Done> first = ward.signal(ann, "bob");
    ward.signal(ann, "bob");

    ward.nextAsked().reply(new SignalDelivered(false));

    assertThat(code(first)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(sent(ward.nextAsked())).isEqualTo("bob 2");
    assertThat(counted("notConnected")).isEqualTo(1);
  }

  @Test
  void refusalIsPassedOnAtOnce() {
    Client ann = ward.client("ann");
    Future<Done> refused = ward.signal(ann, "bob");

    ward.nextAsked().refuse(Refusal.of(ErrorCode.ACCESS_DENIED, "No"));

    assertThat(code(refused)).isEqualTo(ErrorCode.ACCESS_DENIED);
    assertThat(counted("refused")).isEqualTo(1);
  }

  @Test
  void moreThanAHundredDoNotWait() {
    Client ann = ward.client("ann");
    List<Future<Done>> signals = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      signals.add(ward.signal(ann, "bob"));
    }

    assertThat(catchRefusal(() -> ward.signal(ann, "bob"))).isEqualTo(ErrorCode.UNAVAILABLE);
    ward.nextAsked().reply(HERE);
    await(signals.getFirst());
    assertThat(ward.signal(ann, "bob").failed()).isFalse();
  }

  @Test
  void nothingIsSentForASessionThatHasEnded() {
    Client ann = ward.client("ann");
    ward.signal(ann, "bob");
    Future<Done> waiting = ward.signal(ann, "bob");
    Asked first = ward.nextAsked();

    ward.end(ann);
    first.reply(HERE);

    assertThat(code(waiting)).isEqualTo(ErrorCode.UNAVAILABLE);
    assertThat(ward.takeAsked()).isEmpty();
  }

  @Test
  void signalThatComesAgainIsSentOnce() {
    Client bob = ward.client("bob");
    var ann = new SocketId("ann");

    assertThat(delivered(bob, bob.caller(), ann, 7)).isTrue();
    assertThat(delivered(bob, bob.caller(), ann, 8)).isTrue();
    assertThat(delivered(bob, bob.caller(), ann, 7)).isTrue();
    assertThat(delivered(bob, bob.caller(), ann, 8)).isTrue();
    assertThat(delivered(bob, bob.caller(), new SocketId("cyd"), 1)).isTrue();

    assertThat(bob.peer().takeFrames()).hasSize(3);
  }

  @Test
  void onlyTheNewestSendersAreRemembered() {
    Client bob = ward.client("bob");
    for (int sender = 0; sender < 65; sender++) {
      delivered(bob, bob.caller(), new SocketId("s" + sender), 1);
    }
    bob.peer().takeFrames();

    delivered(bob, bob.caller(), new SocketId("s1"), 1);
    assertThat(bob.peer().takeFrames()).isEmpty();
    delivered(bob, bob.caller(), new SocketId("s0"), 1);
    assertThat(bob.peer().takeFrames()).hasSize(1);
  }

  @Test
  void sessionThatIsGoneOrOfAnotherTenantIsNotHere() {
    Client bob = ward.client("bob");
    var stranger =
        new Caller(
            new TenantId("other"),
            bob.caller().user(),
            bob.caller().role(),
            bob.session().id(),
            null);

    assertThat(delivered(bob, stranger, new SocketId("ann"), 1)).isFalse();
    ward.end(bob);
    assertThat(delivered(bob, bob.caller(), new SocketId("ann"), 1)).isFalse();
    assertThat(bob.peer().takeFrames()).isEmpty();
  }

  private boolean delivered(Client to, Caller caller, SocketId sender, long number) {
    var signal = new DeliverSignal(to.session().id(), sender, number, RawJson.of("{}"));
    return await(ward.on(() -> ward.delivering.deliver(caller, signal))).here();
  }

  private static String sent(Asked asked) {
    var signal = (SignalCall) asked.command();
    return signal.recipient() + " " + signal.number();
  }

  private static ErrorCode code(Future<?> refused) {
    return ((Refusal) failure(refused)).code();
  }

  private static ErrorCode catchRefusal(Runnable action) {
    try {
      action.run();
      throw new AssertionError("Not refused");
    } catch (Refusal refusal) {
      return refusal.code();
    }
  }

  private int counted(String outcome) {
    return (int) ward.metrics.counter("carewire.calls.signals", "outcome", outcome).count();
  }
}
