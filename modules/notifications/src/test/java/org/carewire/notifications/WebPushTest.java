package org.carewire.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.carewire.notifications.PushEndpoint.Answer;
import org.carewire.notifications.PushEndpoint.Received;
import org.carewire.protocol.DeadLetters.DeadLetter;
import org.carewire.protocol.GetPushKey;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.ReadDeadLetters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebPushTest {
  private static final Pattern VAPID = Pattern.compile("vapid t=([^,]+), k=(\\S+)");

  private final PushScene scene = new PushScene();
  private final PushEndpoint endpoint = scene.endpoint;

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void browserDecryptsTheIdAndTheTypeAndNothingElse() throws Exception {
    scene.node(endpoint.origin());
    Browser browser = scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    UUID id = scene.notify("ann", "urgent");

    Received received = endpoint.next();

    assertThat(received.path()).isEqualTo("/push/1");
    assertThat(browser.decrypt(received.body().getBytes()))
        .isEqualTo("{\"id\":\"%s\",\"type\":\"lab_results_ready\"}".formatted(id));
    assertThat(received.headers().get("Content-Encoding")).isEqualTo("aes128gcm");
    assertThat(received.headers().get("Urgency")).isEqualTo("high");
    assertThat(received.headers().get("TTL")).isEqualTo("600");
    assertThat(received.headers().get("Topic")).matches("[A-Za-z0-9_-]{22}");
    assertThat(received.headers().toString()).doesNotContain(PushScene.CANARY, "ann");
    scene.awaitNothingToPush();
    assertThat(endpoint.hasMore()).isFalse();
  }

  @Test
  void pushServiceVerifiesWhoPushesByTheKeyThatBrowsersWereGiven() throws Exception {
    scene.node(endpoint.origin());
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    scene.notify("ann");

    Matcher header = VAPID.matcher(endpoint.next().headers().get("Authorization"));

    assertThat(header.matches()).isTrue();
    String publicKey =
        scene
            .ask(NotificationEndpoints.GET_PUSH_KEY, PushScene.user("ann"), new GetPushKey())
            .publicKey();
    assertThat(header.group(2)).isEqualTo(publicKey);
    byte[] point = new Base64URL(publicKey).decode();
    assertThat(point).hasSize(65);
    var token = SignedJWT.parse(header.group(1));
    var key =
        new ECKey.Builder(
                Curve.P_256,
                Base64URL.encode(Arrays.copyOfRange(point, 1, 33)),
                Base64URL.encode(Arrays.copyOfRange(point, 33, 65)))
            .build();
    assertThat(token.verify(new ECDSAVerifier(key))).isTrue();
    assertThat(token.getJWTClaimsSet().getAudience()).containsExactly(endpoint.origin());
    assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo(PushScene.CONTACT);
    assertThat(token.getJWTClaimsSet().getExpirationTime().toInstant())
        .isBetween(
            scene.clock.instant().plus(Duration.ofHours(1)),
            scene.clock.instant().plus(Duration.ofHours(24)));
  }

  @Test
  void allNodesHaveTheSameKey() {
    scene.node(endpoint.origin());
    String one = key();
    scene.node(endpoint.origin());

    assertThat(key()).isEqualTo(one);
  }

  private String key() {
    return scene
        .ask(NotificationEndpoints.GET_PUSH_KEY, PushScene.user("ann"), new GetPushKey())
        .publicKey();
  }

  @Test
  void whatFailedComesAgainWithTheSameTopic() {
    endpoint.answersNext(Answer.of(500));
    scene.node(endpoint.origin());
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    scene.notify("ann");

    Received first = endpoint.next();
    scene.awaitPostponed(1);
    assertThat(waitMs()).isBetween(800L, 1_200L);
    scene.clock.turn(Duration.ofMillis(1_200));
    Received second = endpoint.next();

    assertThat(second.headers().get("Topic")).isEqualTo(first.headers().get("Topic"));
    scene.awaitNothingToPush();
  }

  @Test
  void pausesDouble() {
    endpoint.answers(Answer.of(503));
    scene.node(endpoint.origin());
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    scene.notify("ann");
    endpoint.next();
    for (int attempt = 1; attempt <= 4; attempt++) {
      scene.awaitPostponed(attempt);
      long nominal = 1_000L << (attempt - 1);
      assertThat(waitMs()).isBetween(nominal * 8 / 10, nominal * 12 / 10);
      scene.clock.turn(Duration.ofMillis(nominal * 12 / 10));
      endpoint.next();
    }
  }

  @Test
  void retryAfterIsHonoured() {
    endpoint.answersNext(Answer.of(429).with("Retry-After", "120"));
    scene.node(endpoint.origin());
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    scene.notify("ann");

    endpoint.next();
    scene.awaitPostponed(1);

    assertThat(waitMs()).isEqualTo(120_000);
  }

  private long waitMs() {
    return scene.one(
        """
        select (extract(epoch from next_at - timestamptz '%s') * 1000)::bigint from push
        """
            .formatted(scene.clock.instant()));
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void subscriptionThatIsNoLongerIsRemoved(int status) {
    endpoint.answers(Answer.of(status));
    scene.node(endpoint.origin());
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    scene.notify("ann");

    endpoint.next();
    scene.awaitNothingToPush();

    assertThat(scene.query("select device_id from push_subscription")).isEmpty();
    assertThat(scene.metrics.counter("carewire.push.subscriptions.removed").count()).isEqualTo(1);
    assertThat(scene.query("select 1 from push_dead_letter")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 413})
  void whatWillNeverBeTakenIsGivenUpAtOnce(int status) {
    endpoint.answers(Answer.of(status));
    scene.node(endpoint.origin());
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    UUID id = scene.notify("ann");

    endpoint.next();
    scene.awaitNothingToPush();

    List<DeadLetter> letters =
        scene
            .ask(
                NotificationEndpoints.READ_DEAD_LETTERS,
                PushScene.service("default"),
                new ReadDeadLetters(10, null))
            .deadLetters();
    assertThat(letters).hasSize(1);
    assertThat(letters.getFirst().notificationId().value()).isEqualTo(id);
    assertThat(letters.getFirst().reason()).isEqualTo(Integer.toString(status));
    assertThat(letters.getFirst().attempts()).isEqualTo(1);
  }

  @Test
  void whatWasReadIsNotTriedAgain() {
    endpoint.answers(Answer.of(500));
    scene.node(endpoint.origin());
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    scene.notify("ann");
    endpoint.next();
    scene.awaitPostponed(1);

    scene.execute("update inbox set read_up_to = 1");
    scene.clock.turn(Duration.ofSeconds(2));
    scene.awaitNothingToPush();

    assertThat(endpoint.hasMore()).isFalse();
  }

  @Test
  void endpointThatHangsHoldsUpNobodyElseAndGetsTheRestWhenItIsBack() {
    PushEndpoint other = scene.newEndpoint();
    scene.node(endpoint.origin(), other.origin());
    endpoint.answers(PushEndpoint.HANG);
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    scene.subscribe("ben", "laptop", other.origin() + "/push/2");
    int many = SendingPushes.OF_ORIGIN + 10;
    for (int i = 0; i < many; i++) {
      scene.notify("ann");
    }
    endpoint.next(SendingPushes.OF_ORIGIN);

    scene.notify("ben");
    other.next();
    assertThat(endpoint.hasMore()).isFalse();

    endpoint.comesBack();
    endpoint.next(10);
    scene.awaitNothingToPush();
    assertThat(endpoint.hasMore()).isFalse();
  }

  @Test
  void eachBrowserOfAUserIsPushedTo() {
    scene.node(endpoint.origin());
    scene.subscribe("ann", "laptop", endpoint.origin() + "/push/1");
    scene.subscribe("ann", "phone", endpoint.origin() + "/push/2");
    scene.notify("ann");

    assertThat(endpoint.next(2))
        .extracting(Received::path)
        .containsExactlyInAnyOrder("/push/1", "/push/2");
  }
}
