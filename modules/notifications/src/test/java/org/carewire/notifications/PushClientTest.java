package org.carewire.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.carewire.notifications.PushEndpoint.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PushClientTest {
  private final Vertx vertx = Vertx.vertx();
  private final TurnedClock clock = new TurnedClock();
  private final PushEndpoint endpoint = new PushEndpoint(vertx);

  @AfterEach
  void close() {
    PushScene.await(vertx.close());
  }

  @Test
  void endpointThatDoesNotAnswerIsLeft() {
    endpoint.answers(PushEndpoint.HANG);

    assertThatThrownBy(() -> post(endpoint.origin(), Duration.ofMillis(50)))
        .isInstanceOf(PushClient.NoAnswer.class)
        .hasMessage("timeout");
  }

  @Test
  void whereNobodyListensItIsUnreachable() {
    assertThatThrownBy(() -> post("http://127.0.0.1:1", Duration.ofSeconds(5)))
        .isInstanceOf(PushClient.NoAnswer.class)
        .hasMessage("unreachable");
  }

  @Test
  void redirectIsNotFollowed() {
    endpoint.answersNext(Answer.of(307).with("Location", endpoint.origin() + "/elsewhere"));

    assertThat(post(endpoint.origin(), Duration.ofSeconds(5)).status()).isEqualTo(307);
    endpoint.next();
    assertThat(endpoint.hasMore()).isFalse();
  }

  @Test
  void retryAfterMayBeADateOrNonsense() {
    Instant inAnHour = clock.instant().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(inAnHour.atOffset(ZoneOffset.UTC));
    endpoint.answersNext(
        Answer.of(503).with("Retry-After", date),
        Answer.of(503).with("Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"),
        Answer.of(503).with("Retry-After", "soon"),
        Answer.of(503).with("Retry-After", "99999999999"));

    assertThat(post(endpoint.origin(), Duration.ofSeconds(5)).retryAfter()).isEqualTo(inAnHour);
    assertThat(post(endpoint.origin(), Duration.ofSeconds(5)).retryAfter())
        .isEqualTo(clock.instant().plus(Duration.ofDays(1)));
    assertThat(post(endpoint.origin(), Duration.ofSeconds(5)).retryAfter()).isNull();
    assertThat(post(endpoint.origin(), Duration.ofSeconds(5)).retryAfter())
        .isEqualTo(clock.instant().plus(Duration.ofDays(1)));
  }

  private PushClient.Answer post(String origin, Duration timeout) {
    var client = new PushClient(vertx, clock, timeout, 4);
    return PushScene.await(
        client.post(
            new PushRequest(URI.create(origin + "/"), Map.of(), Buffer.buffer("something"))));
  }
}
