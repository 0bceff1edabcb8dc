package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserUnread;
import org.junit.jupiter.api.Test;

/** Which gateways are told of notifications. */
class AudienceTest {
  private static final TenantId TENANT = new TenantId("tenant-1");

  @Test
  void notificationsAndCountsGoWhereTheirUsersAre() {
    var routes =
        new Audience.Routes(
            List.of(
                Route.to(TENANT, new UserId("user-0")), Route.to(TENANT, new UserId("user-1"))));

    assertThat(Audience.of(notified(2))).isEqualTo(routes);
    assertThat(Audience.of(new Delivery.UnreadCounted(TENANT, counts(2)))).isEqualTo(routes);
  }

  @Test
  void whatIsForManyGoesToEveryGatewayOnce() {
    assertThat(Audience.of(notified(Audience.MAX_LOOKED_UP)).size())
        .isEqualTo(Audience.MAX_LOOKED_UP);
    assertThat(Audience.of(notified(Audience.MAX_LOOKED_UP + 1)))
        .isEqualTo(new Audience.Everyone());
  }

  private static Delivery notified(int users) {
    return new Delivery.Notified(
        TENANT,
        RawJson.of("{}"),
        counts(users).stream()
            .map(unread -> new Notice(new EntryId(UUID.randomUUID()), 1, Instant.EPOCH, unread))
            .toList());
  }

  private static List<UserUnread> counts(int users) {
    return IntStream.range(0, users)
        .mapToObj(user -> new UserUnread(new UserId("user-" + user), 1, 1))
        .toList();
  }
}
