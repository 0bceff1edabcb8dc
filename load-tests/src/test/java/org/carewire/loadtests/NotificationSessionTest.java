package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotificationSessionTest {
  private final List<Long> came = new ArrayList<>();
  private final NotificationSession session = new NotificationSession(came::add, "someone");

  @Test
  void isSettledOnceItHasWhatWasAcceptedAndTheCount() {
    session.expect();
    notified(1);
    assertThat(session.isSettled()).isFalse();

    counted(1);

    assertThat(session.isSettled()).isTrue();
    assertThat(came).containsExactly(255L);
  }

  @Test
  void seesRepeatsAndGaps() {
    notified(1);
    notified(1);
    notified(3);

    var verdict = new NotificationVerdict();
    session.addTo(verdict);

    assertThat(verdict.toString()).contains("repeated 1").contains("gaps 1");
  }

  private void notified(int offset) {
    happened(
        "{\"event\":\"notification:new\",\"data\":{\"offset\":%d,\"data\":{\"stamp\":\"00000000000000ff\"}}}"
            .formatted(offset));
  }

  private void counted(int unread) {
    happened("{\"event\":\"notification:unreadCount\",\"data\":{\"unreadCount\":" + unread + "}}");
  }

  private void happened(String frame) {
    byte[] bytes = Ascii.of(frame);
    session.happened(bytes, 0, bytes.length);
  }
}
