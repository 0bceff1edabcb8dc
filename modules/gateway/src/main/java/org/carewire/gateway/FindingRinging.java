package org.carewire.gateway;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.CallId;
import org.carewire.protocol.Caller;
import org.carewire.protocol.FindRinging;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RingingFound;
import org.carewire.protocol.SignalingEndpoints;

/** Lets a session that has come ring as well, where its user is being called. */
final class FindingRinging {
  private static final int ASKED_AT_ONCE = 50;

  /** What rang when the session came has been answered or missed by then. */
  private static final Duration FOR = Duration.ofSeconds(30);

  private record Question(Session session, Caller caller, Instant until) {}

  private final Bus bus;
  private final Clock clock;
  private final CallNotices notices;
  private final AskingInTurn<Question> inTurn;

  FindingRinging(Platform platform, CallNotices notices) {
    this.bus = platform.bus();
    this.clock = platform.clock();
    this.notices = notices;
    this.inTurn = new AskingInTurn<>(platform.vertx(), ASKED_AT_ONCE, this::isMoot, this::ask);
  }

  void connected(Session session, Caller caller) {
    inTurn.ask(new Question(session, caller, clock.instant().plus(FOR)));
  }

  private boolean isMoot(Question question) {
    return !question.session().isOpen() || clock.instant().isAfter(question.until());
  }

  private Future<?> ask(Question question) {
    return bus.request(SignalingEndpoints.FIND_RINGING, question.caller(), new FindRinging())
        .onSuccess(found -> ring(question.session(), found));
  }

  private void ring(Session session, RingingFound found) {
    CallId call = found.callId();
    RawJson incoming = found.incoming();
    if (call != null && incoming != null) {
      notices.incoming(session, call, incoming);
    }
  }
}
