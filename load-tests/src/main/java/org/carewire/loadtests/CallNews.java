package org.carewire.loadtests;

import java.util.Optional;

/** What a session is told of a call of two, but for signals: each of it once. */
enum CallNews {
  INCOMING("call:incoming"),
  RINGING("call:ringing"),
  ACCEPTED("call:accepted"),
  ENDED("call:ended");

  private static final byte[] BEFORE_NAME = Ascii.of("{\"event\":\"");
  private static final byte[] OF_A_CALL = Ascii.of("{\"event\":\"call:");
  private static final CallNews[] ALL = values();

  private final String event;

  CallNews(String event) {
    this.event = event;
  }

  /** Whether an event is about a call. */
  static boolean isAny(byte[] bytes, int from, int to) {
    return Ascii.startsWith(bytes, from, to, OF_A_CALL);
  }

  /** Empty where a call that goes well has no such event. */
  static Optional<CallNews> of(byte[] bytes, int from, int to) {
    int name = from + BEFORE_NAME.length;
    String event = ClientSession.text(bytes, name, Ascii.quote(bytes, name, to));
    for (CallNews news : ALL) {
      if (news.event.equals(event)) {
        return Optional.of(news);
      }
    }
    return Optional.empty();
  }
}
