package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.CallWard.CALL;
import static org.carewire.gateway.Verifying.await;
import static org.carewire.gateway.Verifying.failure;

import io.vertx.core.Future;
import java.util.List;
import org.carewire.gateway.Ward.Asked;
import org.carewire.gateway.Ward.Client;
import org.carewire.protocol.AcceptCall;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallInitiated;
import org.carewire.protocol.CallJoined;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.CallType;
import org.carewire.protocol.Command;
import org.carewire.protocol.Done;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.HoldCall;
import org.carewire.protocol.InitiateCall;
import org.carewire.protocol.LeaveCall;
import org.carewire.protocol.LoseCallSession;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.UserId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which call a session is, and who is told when it ends. */
class CallSeatsTest {
  private static final CallId OTHER = new CallId("call-2");
  private static final Command LOST = new LoseCallSession(CALL);

  private final CallWard ward = new CallWard();

  @AfterEach
  void close() {
    ward.close();
  }

  @Test
  void serviceLearnsWhereTheSessionIsHeld() {
    ward.accept(ward.client("bob"), CALL);

    assertThat(ward.nextAsked().command()).isEqualTo(new AcceptCall(CALL, CallWard.ADDRESS));
  }

  @Test
  void endOfASessionIsToldToItsCallUntilItIsHeard() {
    Client bob = ward.seated("bob");

    ward.end(bob);

    Asked first = ward.nextAsked();
    assertThat(first.command()).isEqualTo(LOST);
    assertThat(first.caller()).isEqualTo(bob.caller());
    first.refuse(ward.unavailable);
    Asked second = ward.nextAsked();
    assertThat(second.command()).isEqualTo(LOST);
    second.refuse(ward.unavailable);
    Asked third = ward.nextAsked();
    assertThat(third.command()).isEqualTo(LOST);
    third.reply(Done.DONE);
  }

  @Test
  void sessionHasNoSeatInACallThatIsOver() {
    Client bob = ward.seated("bob");

    ward.tell(bob, CALL, 5, ServerEvent.CALL_ENDED);

    assertThat(seats(bob)).isEmpty();
  }

  @Test
  void sessionKeepsItsSeatWhenAnotherCallIsOver() {
    Client bob = ward.seated("bob");

    ward.tell(bob, OTHER, 5, ServerEvent.CALL_ENDED);

    assertThat(seats(bob)).containsExactly(CALL);
  }

  @Test
  void whoWasTakenOutOfACallAndJoinsItAgainHasASeat() {
    Client bob = ward.seated("bob");
    ward.tell(bob, CALL, 5, ServerEvent.CALL_ENDED);

    Future<CallJoined> accepted = ward.accept(bob, CALL);
    ward.nextAsked().reply(CallWard.joined(CALL));
    await(accepted);

    assertThat(seats(bob)).containsExactly(CALL);
  }

  @Test
  void whoHasLeftHasNoSeat() {
    Client bob = ward.seated("bob");
    var left = ward.on(() -> ward.calls.leave(bob.session(), bob.caller(), new LeaveCall(CALL)));

    ward.nextAsked().reply(CallWard.joined(CALL));
    await(left);

    assertThat(seats(bob)).isEmpty();
  }

  @Test
  void unansweredAcceptMayHaveGivenASeat() {
    Client bob = ward.client("bob");
    Future<CallJoined> accepted = ward.accept(bob, CALL);
    ward.nextAsked().refuse(ward.unavailable);
    failure(accepted);

    ward.end(bob);

    assertThat(ward.nextAsked().command()).isEqualTo(LOST);
  }

  @Test
  void refusedAcceptGivesNoSeatAndTakesNone() {
    Client bob = ward.seated("bob");
    Future<CallJoined> accepted = ward.accept(bob, OTHER);
    ward.nextAsked().refuse(Refusal.of(ErrorCode.WRONG_STATE, "You are in another call"));
    failure(accepted);

    assertThat(seats(bob)).containsExactly(CALL);
  }

  @Test
  void seatOfASessionThatEndedBeforeTheAnswerIsLost() {
    Client bob = ward.client("bob");
    ward.accept(bob, CALL);
    Asked accept = ward.nextAsked();
    ward.end(bob);

    accept.reply(CallWard.joined(CALL));

    assertThat(ward.nextAsked().command()).isEqualTo(LOST);
  }

  @Test
  void callThatNobodyCouldAnswerGivesNoSeat() {
    Client ann = ward.client("ann");
    var initiate =
        new InitiateCall(CALL, List.of(new UserId("bob")), null, null, CallType.VIDEO, null, null);
    var initiated = ward.on(() -> ward.calls.initiate(ann.session(), ann.caller(), initiate));

    ward.nextAsked().reply(new CallInitiated(CALL, CallStatus.REJECTED, List.of(), null));
    await(initiated);

    assertThat(seats(ann)).isEmpty();
  }

  @Test
  void initiatedCallIsTheOneOfTheAnswer() {
    Client ann = ward.client("ann");
    var initiate =
        new InitiateCall(CALL, List.of(new UserId("bob")), null, null, CallType.VIDEO, null, null);
    var initiated = ward.on(() -> ward.calls.initiate(ann.session(), ann.caller(), initiate));

    ward.nextAsked().reply(new CallInitiated(OTHER, CallStatus.ACCEPTED, List.of(), null));
    await(initiated);

    assertThat(seats(ann)).containsExactly(OTHER);
  }

  @Test
  void doubtsMakeSessionsHoldTheirSeats() {
    ward.seated("bob");

    ward.run(ward.calls::doubt);
    ward.run(ward.calls::doubt);

    assertThat(ward.nextAsked().command()).isEqualTo(new HoldCall(CALL, CallWard.ADDRESS));
    assertThat(ward.takeAsked()).isEmpty();
    // The second doubt, a while later.
    assertThat(ward.nextAsked().command()).isEqualTo(new HoldCall(CALL, CallWard.ADDRESS));
  }

  @Test
  void seatThatIsNotHeldIsForgotten() {
    Client bob = ward.seated("bob");
    ward.run(ward.calls::doubt);

    ward.nextAsked().refuse(Refusal.of(ErrorCode.WRONG_STATE, "It has ended"));

    Verifying.until("no seat", () -> seats(bob).isEmpty());
  }

  @Test
  void seatIsHeldAgainWhereNobodyAnswered() {
    Client bob = ward.seated("bob");
    ward.run(ward.calls::doubt);

    ward.nextAsked().refuse(ward.unavailable);

    assertThat(ward.nextAsked().command()).isInstanceOf(HoldCall.class);
    assertThat(seats(bob)).containsExactly(CALL);
  }

  private List<CallId> seats(Client client) {
    return ward.on(
        () -> client.session().beginCalls().seats().stream().map(SessionCalls.Seat::call).toList());
  }
}
