package org.carewire.loadtests;

import java.util.EnumSet;

/** Who is called, accepts, and answers the offer. */
final class CalleeSession extends CallSession {
  /** After that of hello. */
  private static final int ACCEPT_ID = 2;

  private final CallPair pair;
  private boolean accepted;
  private boolean offered;
  private boolean answering;

  CalleeSession(CallPair pair, String user, String caller, int signals) {
    super(
        pair,
        user,
        "patient",
        caller,
        SignalFrame.description(caller, "answer"),
        signals,
        EnumSet.of(CallNews.INCOMING, CallNews.ENDED));
    this.pair = pair;
  }

  @Override
  void begin(int nextCall) {
    super.begin(nextCall);
    accepted = false;
    offered = false;
    answering = false;
  }

  @Override
  void told(CallNews news) {
    if (news == CallNews.INCOMING) {
      request(ACCEPT_ID, "call:accept", "{\"callId\":\"" + name() + "\"}");
    }
    pair.goOn();
  }

  @Override
  void answered(long id, byte[] bytes, int from, int to) {
    accepted = true;
    answerOffer();
    pair.goOn();
  }

  @Override
  void signalCame() {
    offered = true;
    answerOffer();
  }

  private void answerOffer() {
    if (accepted && offered && !answering) {
      answering = true;
      signal();
    }
  }

  boolean isReadyToEnd() {
    return accepted && hasSentAll();
  }

  boolean isOver() {
    return isTold(CallNews.ENDED);
  }
}
