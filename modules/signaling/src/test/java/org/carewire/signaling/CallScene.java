package org.carewire.signaling;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallType;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.GatewayAddress;
import org.carewire.protocol.ParticipantState;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.VisitId;
import org.carewire.signaling.Transition.Changed;

/** Calls of Ann with others, and sessions of theirs. */
final class CallScene {
  static final Instant START = Instant.parse("2026-01-31T09:30:00.000Z");
  static final Duration RING = Duration.ofSeconds(30);
  static final Duration REJOIN = Duration.ofSeconds(20);
  static final CallMachine MACHINE = new CallMachine(REJOIN);
  static final UserId ANN = new UserId("ann");
  static final UserId DOC = new UserId("doc");
  static final UserId EVE = new UserId("eve");
  static final UserId STRANGER = new UserId("stranger");

  private CallScene() {}

  /** A session of a user: of its first, second ... device, on a node of that number. */
  static Seat seat(UserId user, int device) {
    return new Seat(
        new SocketId(user + "-" + device),
        new DeviceId(user + "-device-" + device),
        new GatewayAddress("node-" + device, 0));
  }

  /** The same device, connected anew to the second node. */
  static Seat returned(UserId user, int device) {
    return new Seat(
        new SocketId(user + "-" + device + "-again"),
        new DeviceId(user + "-device-" + device),
        new GatewayAddress("node-2", 0));
  }

  /** Ann calls, and it rings. */
  static Call ringing(UserId... others) {
    return begun(List.of(), others).call();
  }

  static Changed begun(List<UserId> busy, UserId... others) {
    var parties = new ArrayList<Party>();
    parties.add(Party.called(ANN, Party.Right.MEMBER, false, true).in(seat(ANN, 1)));
    for (UserId user : others) {
      parties.add(Party.called(user, Party.Right.MEMBER, busy.contains(user), true));
    }
    var visit = new VisitId("v-1");
    var call =
        new Call(
            new CallId("00000000-0000-4000-8000-000000000001"),
            new TenantId("default"),
            Role.PATIENT,
            visit,
            RoomId.visit(visit),
            CallType.VIDEO,
            null,
            false,
            START,
            START.plus(RING),
            parties,
            new CallState.Ringing(),
            0);
    return MACHINE.begin(call, START);
  }

  /** What comes of an event; the call itself where nothing does. */
  static Call after(Call call, CallEvent event, Instant now) {
    return MACHINE.apply(call, event, now) instanceof Changed changed ? changed.call() : call;
  }

  /** Ann and Doc talk. */
  static Call active(UserId... others) {
    return after(ringing(others), new CallEvent.Accept(DOC, seat(DOC, 1)), START);
  }

  static ParticipantState state(Call call, UserId user) {
    return call.party(user).orElseThrow().state();
  }
}
