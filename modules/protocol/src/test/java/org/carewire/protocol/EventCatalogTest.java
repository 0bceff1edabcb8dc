package org.carewire.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EventCatalogTest {
  /** A part of the product, then what is done there. */
  private static final Pattern EVENT = Pattern.compile("[a-z]+:[a-z][A-Za-z]*");

  @ParameterizedTest
  @MethodSource("org.carewire.protocol.EventCatalog#clientEventNames")
  void everyEventIsFoundByItsName(String name) {
    EventCatalog.ClientEvent<?> event = Objects.requireNonNull(EventCatalog.find(name));

    assertThat(event.name()).isEqualTo(name).matches(EVENT);
  }

  @Test
  void whatClientsMaySendIsWhatIsPublished() {
    assertThat(EventCatalog.clientEventNames())
        .contains(
            "room:join",
            "room:leave",
            "room:participants",
            "room:list",
            "message:send",
            "message:history",
            "typing:start",
            "typing:stop",
            "presence:get",
            "presence:setStatus",
            "presence:subscribe",
            "presence:unsubscribe",
            "presence:activity");
  }

  @Test
  void namesAreExact() {
    for (String name : new String[] {"", "Message:send", "message:send ", "connected", "hello"}) {
      assertThat(EventCatalog.find(name)).as(name).isNull();
    }
  }

  @Test
  void theGatewayAnswersHelloAndRefreshItself() {
    assertThat(EventCatalog.clientEventNames())
        .doesNotContain(EventCatalog.SESSION_HELLO, EventCatalog.SESSION_REFRESH);
  }

  @Test
  void onlyMessagesCountAgainstTheRateOfMessages() {
    assertThat(
            EventCatalog.clientEventNames().stream()
                .filter(
                    name ->
                        Objects.requireNonNull(EventCatalog.find(name)).rate()
                            == EventCatalog.Rate.MESSAGES))
        .containsExactly("message:send");
  }

  @Test
  void serverEventsHaveDifferentNames() {
    var names = Arrays.stream(ServerEvent.values()).map(ServerEvent::wireName).toList();

    assertThat(new HashSet<>(names)).hasSameSizeAs(names);
    assertThat(names)
        .filteredOn(name -> name.contains(":"))
        .allMatch(name -> EVENT.matcher(name).matches());
  }
}
