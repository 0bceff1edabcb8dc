package org.carewire.notifications;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.carewire.notifications.PushEndpoint.Answer;
import org.carewire.notifications.PushEndpoint.Received;
import org.carewire.protocol.DeadLetters;
import org.carewire.protocol.DeadLetters.DeadLetter;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.ReadDeadLetters;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookTest {
  private final PushScene scene = new PushScene().withWebhook();
  private final PushEndpoint endpoint = scene.endpoint;

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void itIsToldWhomAndWhichButNotWhat() {
    scene.node();
    UUID id = scene.notify("ann");

    Received received = endpoint.next();

    assertThat(received.path()).isEqualTo("/hook");
    assertThat(received.body().toString(UTF_8))
        .isEqualTo(
            """
            {"id":"%s","type":"lab_results_ready","tenantId":"default","userId":"ann",\
            "timestamp":"%s"}\
            """
                .formatted(id, Json.time(scene.clock.instant())));
  }

  @Test
  void eachRequestIsSignedWithItsTimeAndTheIdStays() throws Exception {
    endpoint.answersNext(Answer.of(410), Answer.of(302).with("Location", endpoint.origin()));
    scene.node();
    scene.notify("ann");

    var all = new ArrayList<Received>();
    for (int attempt = 1; attempt <= 3; attempt++) {
      Received received = endpoint.next();
      all.add(received);
      assertThat(received.path()).isEqualTo("/hook");
      assertThat(received.headers().get("webhook-signature"))
          .isEqualTo(signature(received, PushScene.SECRET.getBytes(UTF_8)));
      assertThat(received.headers().get("webhook-timestamp"))
          .isEqualTo(Long.toString(scene.clock.instant().getEpochSecond()));
      if (attempt < 3) {
        scene.awaitPostponed(attempt);
        scene.clock.turn(Duration.ofSeconds(5));
      }
    }

    scene.awaitNothingToPush();
    assertThat(all.stream().map(one -> one.headers().get("webhook-id")).distinct()).hasSize(1);
  }

  /** As Standard Webhooks has it. */
  private static String signature(Received received, byte[] key) throws GeneralSecurityException {
    String signed =
        received.headers().get("webhook-id")
            + "."
            + received.headers().get("webhook-timestamp")
            + "."
            + received.body().toString(UTF_8);
    return "v1," + Base64.getEncoder().encodeToString(Browser.hmac(key, signed.getBytes(UTF_8)));
  }

  @Test
  void whatIsNotTakenInTimeIsADeadLetterWithItsReason() {
    endpoint.answers(Answer.of(503));
    scene.node();
    UUID id = scene.notify("ann");
    endpoint.next();
    scene.awaitPostponed(1);

    scene.clock.turn(PushScene.GIVE_UP_AFTER);
    endpoint.next();
    scene.awaitNothingToPush();

    List<DeadLetter> letters = letters("default", 10, null).deadLetters();
    assertThat(letters).hasSize(1);
    DeadLetter letter = letters.getFirst();
    assertThat(letter.notificationId().value()).isEqualTo(id);
    assertThat(letter.userId().value()).isEqualTo("ann");
    assertThat(letter.deviceId()).isNull();
    assertThat(letter.attempts()).isEqualTo(2);
    assertThat(letter.reason()).isEqualTo("503");
    assertThat(letter.givenUpAt()).isEqualTo(scene.clock.instant());
    assertThat(letters("other", 10, null).deadLetters()).isEmpty();
    assertThat(
            scene
                .refused(
                    NotificationEndpoints.READ_DEAD_LETTERS,
                    PushScene.user("ann"),
                    new ReadDeadLetters(10, null))
                .code())
        .isEqualTo(ErrorCode.ACCESS_DENIED);
  }

  private DeadLetters letters(String tenant, int limit, @Nullable Instant before) {
    return scene.ask(
        NotificationEndpoints.READ_DEAD_LETTERS,
        PushScene.service(tenant),
        new ReadDeadLetters(limit, before));
  }

  @Test
  void pagesOfDeadLettersHaveEachOnce() {
    scene.node();
    scene.execute(
        """
        insert into push_dead_letter (notification_id, type, tenant_id, user_id, attempts, reason,
                                      created_at, given_up_at)
        select gen_random_uuid(), 'system_alert', 'default', 'u' || n, 1, 'timeout', now(),
          date_trunc('minute', now()) - interval '1 min' * (n / 3)
        from generate_series(1, 10) n
        """);

    var users = new ArrayList<String>();
    DeadLetters page = letters("default", 4, null);
    while (true) {
      page.deadLetters().forEach(letter -> users.add(letter.userId().value()));
      if (!page.hasMore()) {
        break;
      }
      page = letters("default", 4, page.deadLetters().getLast().givenUpAt());
    }

    assertThat(users).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void twoNodesPushEachOnce() {
    scene.node();
    scene.node();
    for (int i = 0; i < 100; i++) {
      scene.notify("user" + i);
    }

    List<Received> received = endpoint.next(100);
    scene.awaitSettled();
    scene.awaitNothingToPush();

    assertThat(received.stream().map(one -> one.headers().get("webhook-id")).distinct())
        .hasSize(100);
    assertThat(endpoint.hasMore()).isFalse();
  }

  @Test
  void whatWasTakenButNotForgottenComesAgainWithItsId() {
    scene.node();
    scene.execute(
        """
        create function dies() returns trigger language plpgsql as
        $$ begin raise 'The node dies'; end $$;
        create trigger dies before delete on push execute function dies();
        """);
    scene.notify("ann");
    Received first = endpoint.next();
    scene.execute("drop trigger dies on push");

    scene.clock.turn(Duration.ofSeconds(31));

    assertThat(endpoint.next().headers().get("webhook-id"))
        .isEqualTo(first.headers().get("webhook-id"));
    scene.awaitNothingToPush();
  }

  @Test
  void secretInBase64IsDecoded() throws Exception {
    byte[] key = "0123456789abcdef0123456789abcdef".getBytes(UTF_8);
    var webhook =
        new Webhook(
            new NotificationsConfig.Webhook(
                URI.create("https://hook.example.com/"),
                "whsec_" + Base64.getEncoder().encodeToString(key)),
            scene.clock);
    PushRequest request = webhook.request(PushFixtures.push());

    var headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
    assertThat(request.headers().get("webhook-signature"))
        .isEqualTo(signature(new Received("/", headers, request.body()), key));
  }
}
