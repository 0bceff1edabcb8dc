package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What {@code load-tests/run presence --storm} would say of a server that does wrong. */
class WatcherTest {
  private final ClientLoop loop = new ClientLoop();
  private final WatchGroups groups = WatchGroups.atMost(6, 2);

  /** Watches 3 and 5. */
  private final Watcher watcher = new Watcher(new Returns(loop, List.of()), 4, 0, groups);

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void whatWasToldLastIsBelieved() {
    come("presence:initial", "{\"presences\":[" + of(3, "online") + "," + of(5, "offline") + "]}");
    assertThat(watcher.believesOffline(3)).isFalse();
    assertThat(watcher.believesOffline(5)).isTrue();

    come("presence:changed", of(3, "offline"));
    come("presence:changed", of(5, "away"));

    assertThat(watcher.believesOffline(3)).isTrue();
    assertThat(watcher.believesOffline(5)).isFalse();
    assertThat(watcher.initial()).isEqualTo(1);
    assertThat(watcher.changed()).isEqualTo(2);
    assertThat(watcher.toldOffline()).isEqualTo(1);
  }

  @Test
  void whatTheServerSaysOtherwiseIsSeen() {
    come("presence:initial", "{\"presences\":[" + of(3, "online") + "," + of(5, "offline") + "]}");

    answer("{\"success\":true,\"presences\":[" + of(3, "online") + "," + of(5, "online") + "]}");

    assertThat(watcher.isAnswered()).isTrue();
    assertThat(watcher.differing()).isEqualTo(1);
  }

  @Test
  void whoIsOfflineThoughAllAreThereIsSeen() {
    come("presence:initial", "{\"presences\":[" + of(3, "online") + "," + of(5, "offline") + "]}");

    answer("{\"success\":true,\"presences\":[" + of(3, "online") + "," + of(5, "offline") + "]}");

    assertThat(watcher.differing()).isEqualTo(1);
  }

  private static String of(int user, String status) {
    return "{\"userId\":\"user-%d\",\"status\":\"%s\",\"lastSeen\":null}".formatted(user, status);
  }

  private void come(String event, String data) {
    byte[] frame = Ascii.of("{\"event\":\"%s\",\"data\":%s}".formatted(event, data));
    watcher.came(frame, 0, frame.length);
  }

  private void answer(String data) {
    byte[] frame = Ascii.of("{\"re\":3,\"data\":%s}".formatted(data));
    watcher.replied(3, true, frame, 0, frame.length);
  }
}
