package org.carewire.loadtests;

import java.util.EnumSet;

/** Who begins the calls of a pair, and ends them. */
final class CallerSession extends CallSession {
  /** After that of hello. */
  private static final int INITIATE_ID = 2;

  private static final int END_ID = 3;

  private final CallPair pair;
  private final String whom;
  private boolean endAnswered;

  CallerSession(CallPair pair, String user, String callee, String visit, int signals) {
    super(
        pair,
        user,
        "provider",
        callee,
        SignalFrame.description(callee, "offer"),
        signals,
        EnumSet.of(CallNews.RINGING, CallNews.ACCEPTED, CallNews.ENDED));
    this.pair = pair;
    this.whom =
        "{\"recipientId\":\"%s\",\"visitId\":\"%s\",\"callType\":\"video\"}"
            .formatted(callee, visit);
  }

  void initiate(int call) {
    begin(call);
    endAnswered = false;
    request(INITIATE_ID, "call:initiate", whom);
  }

  void end() {
    request(END_ID, "call:end", "{\"callId\":\"" + name() + "\"}");
  }

  @Override
  void answered(long id, byte[] bytes, int from, int to) {
    if (!isOfCall(bytes, from, to)) {
      pair.refused("another call");
    } else if (id == END_ID) {
      endAnswered = true;
      pair.goOn();
    }
  }

  @Override
  void signalCame() {}

  @Override
  void told(CallNews news) {
    if (news == CallNews.ACCEPTED) {
      pair.setUp();
      signal();
    }
    pair.goOn();
  }

  boolean isReadyToEnd() {
    return isTold(CallNews.ACCEPTED) && hasSentAll();
  }

  boolean isOver() {
    return endAnswered && isTold(CallNews.ENDED);
  }
}
