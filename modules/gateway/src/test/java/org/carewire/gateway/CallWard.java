package org.carewire.gateway;

import io.vertx.core.Future;
import java.util.List;
import org.carewire.platform.Delivery;
import org.carewire.protocol.AcceptCall;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallJoined;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.Done;
import org.carewire.protocol.GatewayAddress;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SignalCall;
import org.carewire.protocol.SignalType;
import org.carewire.protocol.SignalingEndpoints;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** The part of a gateway instance that has to do with calls. */
final class CallWard extends Ward {
  static final CallId CALL = new CallId("call-1");
  static final GatewayAddress ADDRESS = new GatewayAddress("node", 3);
  final Refusal unavailable = Refusal.unavailable("Not now");

  final CallNotices notices;
  final CallRequests calls;
  final DeliveringSignals delivering;

  CallWard() {
    super("redis://127.0.0.1:1");
    notices = new CallNotices(sessions);
    calls = new CallRequests(platform, sessions, notices, ADDRESS);
    delivering = new DeliveringSignals(sessions);
    serve(SignalingEndpoints.INITIATE_CALL);
    serve(SignalingEndpoints.ACCEPT_CALL);
    serve(SignalingEndpoints.LEAVE_CALL);
    serve(SignalingEndpoints.SIGNAL_CALL);
    serve(SignalingEndpoints.LOSE_SESSION);
    serve(SignalingEndpoints.HOLD_CALL);
    serve(SignalingEndpoints.FIND_RINGING);
  }

  Future<Done> signal(Client client, String recipient) {
    return on(
        () ->
            calls.signal(
                client.session(),
                client.caller(),
                new SignalCall(
                    CALL, new UserId(recipient), RawJson.of("{}"), SignalType.OFFER, 0)));
  }

  /** Asks for it; the answer is the test's. */
  Future<CallJoined> accept(Client client, CallId call) {
    return on(() -> calls.accept(client.session(), client.caller(), new AcceptCall(call, null)));
  }

  static CallJoined joined(CallId call) {
    return new CallJoined(call, CallStatus.ACCEPTED, List.of(), List.of(), null);
  }

  /** A session that has accepted the call. */
  Client seated(String user) {
    Client client = client(user);
    Future<CallJoined> accepted = accept(client, CALL);
    nextAsked().reply(joined(CALL));
    Verifying.await(accepted);
    return client;
  }

  void tell(Client client, CallId call, long number, ServerEvent event) {
    run(
        () ->
            notices.tell(
                new Delivery.OfCall(
                    TenantId.DEFAULT,
                    List.of(client.caller().user()),
                    call,
                    number,
                    event,
                    RawJson.of("{}"),
                    null,
                    null)));
  }

  void end(Client client) {
    run(
        () -> {
          client.session().ended();
          sessions.remove(client.session());
          calls.ended(client.session(), client.caller());
        });
  }
}
