package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.Verifying.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.carewire.gateway.DeviceStore.Before;
import org.carewire.gateway.Ward.Client;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.testkit.TestRedis;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a device that returns finds of itself, in a real Redis. */
class DeviceStoreTest {
  private static final DeviceId PHONE = new DeviceId("phone");

  private static final int MANY = 100;

  private final PresenceWard ward = new PresenceWard(TestRedis.uri());
  private final String ann = "ann-" + UUID.randomUUID();

  @AfterEach
  void close() {
    ward.close();
  }

  @Test
  void deviceThatIsNewFindsNothing() {
    assertThat(come(ward.client(ann, PHONE))).isEqualTo(Before.NOTHING);
  }

  @Test
  void deviceFindsWhatItsSessionWasInWhomItWatchedAndThatItWasIdle() {
    Client before = ward.client(ann, PHONE);
    watches(before, "doc", "ben");
    ward.run(
        () -> {
          before.session().rooms().joined(RoomId.parse("visit:v1"));
          before.session().presence().setIdle(true);
        });
    ended(before);

    Before found = come(ward.client(ann, PHONE));

    assertThat(found.resumed()).isTrue();
    assertThat(found.idle()).isTrue();
    assertThat(found.rooms()).containsExactly(RoomId.parse("visit:v1"));
    assertThat(found.watched()).containsExactlyInAnyOrder(user("doc"), user("ben"));
  }

  @Test
  void deviceFindsWhomAnyOfItsSessionsWatchedUpToTheLimit() {
    Client one = ward.client(ann, PHONE);
    watches(one, "doc", "ben");
    Client other = ward.client(ann, PHONE);
    watches(other, "doc", "eve", "joe");
    kept(one);
    ended(other);

    assertThat(come(ward.client(ann, PHONE)).watched())
        .containsExactlyInAnyOrder(user("doc"), user("ben"), user("eve"), user("joe"));
    assertThat(come(ward.client(ann, PHONE), 3).watched()).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void latestSessionSaysWhetherTheDeviceIsIdle() {
    Client earlier = ward.client(ann, PHONE);
    ward.run(() -> earlier.session().presence().setIdle(true));
    kept(earlier);
    ward.clock.turn(Duration.ofSeconds(1));
    Client later = ward.client(ann, PHONE);
    kept(later);

    assertThat(come(ward.client(ann, PHONE)).idle()).isFalse();
    ward.clock.turn(Duration.ofSeconds(1));
    kept(earlier);
    assertThat(come(ward.client(ann, PHONE)).idle()).isTrue();
  }

  @Test
  void sessionThatHasJustComeIsAsTheDeviceWas() {
    Client before = ward.client(ann, PHONE);
    watches(before, "doc");
    ward.run(() -> before.session().presence().setIdle(true));
    ended(before);
    come(ward.client(ann, PHONE));
    ward.clock.turn(Duration.ofSeconds(1));

    // As if that one had been cut off at once.
    Before found = come(ward.client(ann, PHONE));

    assertThat(found.watched()).containsExactly(user("doc"));
    assertThat(found.idle()).isTrue();
    assertThat(found.rooms()).isEmpty();
  }

  @Test
  void afterTwoMinutesNothingIsRemembered() {
    Client before = ward.client(ann, PHONE);
    watches(before, "doc");
    ended(before);

    ward.clock.turn(Duration.ofMinutes(2));

    assertThat(come(ward.client(ann, PHONE))).isEqualTo(Before.NOTHING);
  }

  @Test
  void sessionThatHasEndedIsNotKeptAgain() {
    Client before = ward.client(ann, PHONE);
    watches(before, "doc");
    ended(before);
    ward.run(() -> before.session().ended());
    Client after = ward.client(ann, PHONE);
    come(after);
    // It watches nobody any more.
    kept(after);

    kept(before);

    assertThat(come(ward.client(ann, PHONE)).watched()).isEmpty();
  }

  private void watches(Client client, String... users) {
    ward.run(
        () ->
            Arrays.stream(users)
                .forEach(
                    user ->
                        ward.watching.begin(
                            client.session(), new UserKey(TenantId.DEFAULT, user(user)))));
  }

  private void kept(Client client) {
    await(ward.on(() -> ward.devices.keep(client.session())));
  }

  private void ended(Client client) {
    await(ward.on(() -> ward.devices.ended(client.session(), client.caller())));
  }

  private Before come(Client client) {
    return come(client, MANY);
  }

  private Before come(Client client, int maxWatched) {
    return await(ward.on(() -> ward.devices.come(client.caller(), null, MANY, maxWatched)));
  }

  private static UserId user(String name) {
    return new UserId(name);
  }
}
