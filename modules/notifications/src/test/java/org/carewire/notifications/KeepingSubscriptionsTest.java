package org.carewire.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.carewire.protocol.DeletePushSubscription;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.Done;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.GetPushKey;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.PutPushSubscription;
import org.carewire.protocol.Refusal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeepingSubscriptionsTest {
  private static final String AT = "https://push.example.com/";

  /** 65 bytes, but of no point of the curve. */
  private static final String OFF_CURVE =
      "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
          + "AAAAAAAAAAAAAAAAAAAAAAAAAA";

  private static PushScene scene;
  private final Browser browser = new Browser();

  @BeforeAll
  static void open() {
    scene = new PushScene();
    scene.node("https://push.example.com", "https://*.push.example.org:8443");
  }

  @AfterAll
  static void close() {
    scene.close();
  }

  @BeforeEach
  void empty() {
    scene.execute("delete from push_subscription");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://push.example.com/send/1",
        "https://PUSH.example.com:443/send/1",
        "https://a.push.example.org:8443/",
        "https://a.b.push.example.org:8443/?x=1"
      })
  void endpointsOfTheServicesAreKept(String endpoint) {
    assertThat(put("ann", "laptop", endpoint)).isEqualTo(Done.DONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://push.example.com/send/1",
        "https://push.example.com:8443/send/1",
        "https://push.example.com.evil.example/",
        "https://evilpush.example.org:8443/",
        "https://push.example.org:8443/",
        "https://user@push.example.com/",
        "https://push.example.com@evil.example/",
        "https://push.example.com/#part",
        "https://127.0.0.1/",
        "https://push.example.com/a b",
        "https://push.example.com\\@evil.example/",
        "https://push.example.com/ä",
        "mailto:push.example.com",
        "//push.example.com/",
        "x"
      })
  void endpointsOfOthersAreRefused(String endpoint) {
    Refusal refusal = refused(endpoint, browser.p256dh(), browser.auth());

    assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(refusal.field()).contains("endpoint");
    assertThat(refusal.text()).doesNotContain("evil");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "AAAA", "!", OFF_CURVE})
  void keysThatAreNoneAreRefused(String key) {
    Refusal p256dh = refused(AT, key, browser.auth());
    Refusal auth = refused(AT, browser.p256dh(), key);

    assertThat(p256dh.code()).isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(p256dh.field()).contains("keys.p256dh");
    assertThat(auth.code()).isEqualTo(ErrorCode.BAD_REQUEST);
    assertThat(auth.field()).contains("keys.auth");
  }

  @Test
  void endpointIsTheLastUsersWhoNamedIt() {
    put("ann", "laptop", AT + 1);
    put("ben", "laptop", AT + 1);

    assertThat(scene.query("select user_id from push_subscription")).containsExactly("ben");
  }

  @Test
  void deviceHasItsLastEndpoint() {
    put("ann", "laptop", AT + 1);
    put("ann", "laptop", AT + 2);
    put("ann", "laptop", AT + 2);

    assertThat(scene.query("select endpoint from push_subscription")).containsExactly(AT + 2);
  }

  @Test
  void oldestGoesWhereThereAreMoreThanFifty() {
    for (int i = 1; i <= 51; i++) {
      put("ann", "device" + i, AT + i);
      scene.clock.turn(Duration.ofMillis(1));
    }

    assertThat(scene.query("select device_id from push_subscription"))
        .hasSize(50)
        .doesNotContain("device1");
  }

  @Test
  void subscriptionIsDeletedByItsUserAndThatMayBeRepeated() {
    put("ann", "laptop", AT + 1);

    delete("ben");
    assertThat(scene.query("select 1 from push_subscription")).hasSize(1);
    delete("ann");
    delete("ann");

    assertThat(scene.query("select 1 from push_subscription")).isEmpty();
  }

  private static void delete(String user) {
    scene.ask(
        NotificationEndpoints.DELETE_PUSH_SUBSCRIPTION,
        PushScene.user(user),
        new DeletePushSubscription(new DeviceId("laptop")));
  }

  @Test
  void whereWebPushIsOffThereIsNoKeyAndNothingIsKept() {
    try (var off = new PushScene()) {
      off.node();

      assertThat(
              off.refused(
                      NotificationEndpoints.GET_PUSH_KEY, PushScene.user("ann"), new GetPushKey())
                  .code())
          .isEqualTo(ErrorCode.NOT_FOUND);
      assertThat(
              off.refused(
                      NotificationEndpoints.PUT_PUSH_SUBSCRIPTION,
                      PushScene.user("ann"),
                      new PutPushSubscription(
                          new DeviceId("laptop"), AT, browser.p256dh(), browser.auth()))
                  .code())
          .isEqualTo(ErrorCode.NOT_FOUND);
    }
  }

  private Done put(String user, String device, String endpoint) {
    return scene.ask(
        NotificationEndpoints.PUT_PUSH_SUBSCRIPTION,
        PushScene.user(user),
        new PutPushSubscription(new DeviceId(device), endpoint, browser.p256dh(), browser.auth()));
  }

  private static Refusal refused(String endpoint, String p256dh, String auth) {
    return scene.refused(
        NotificationEndpoints.PUT_PUSH_SUBSCRIPTION,
        PushScene.user("ann"),
        new PutPushSubscription(new DeviceId("laptop"), endpoint, p256dh, auth));
  }
}
