package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.carewire.testkit.Entrance;
import org.carewire.testkit.RawHttp.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** SockJS's requests over HTTP, one by one. After the protocol's own test suite. */
@Through(Entrance.WEBSOCKET)
abstract class SockJsTest extends Contract {
  SockJsByHand session;

  @BeforeEach
  void newSession() {
    session = SockJsByHand.at(clinic.node().http());
  }

  @AfterEach
  void endSession() {
    session.close();
  }

  static void assertContentType(Answer answer, String type) {
    assertThat(answer.header("Content-Type").replace(" ", "")).isEqualTo(type + ";charset=UTF-8");
  }

  static void assertNotCached(Answer answer) {
    assertThat(answer.header("Cache-Control")).contains("no-store", "no-cache", "max-age=0");
    assertThat(answer.header("Expires")).isEmpty();
    assertThat(answer.header("Last-Modified")).isEmpty();
  }
}
