package org.carewire.gateway;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import java.time.Duration;
import org.carewire.protocol.EventCatalog.Rate;
import org.carewire.protocol.Limits;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** How fast a session may send; its buckets are made when it first does. */
final class RequestRates {
  /** Who is refused so many bursts, faster than is allowed for requests, makes no mistake. */
  private static final int FLOOD_BURSTS = 10;

  private final Limits limits;
  private @Nullable Bucket requests;
  private @Nullable Bucket messages;
  private @Nullable Bucket refusals;
  private boolean isFlooding;

  RequestRates(Limits limits) {
    this.limits = limits;
  }

  /** Counts a request; throws {@code RATE_LIMITED} where it is one too many. */
  void countRequest() {
    if (requests == null) {
      requests = bucket(limits.requestsPerSecond(), limits.requestBurst());
      refusals = bucket(limits.requestsPerSecond(), FLOOD_BURSTS * limits.requestBurst());
    }
    try {
      take(requests);
    } catch (Refusal refusal) {
      isFlooding = refusals != null && !refusals.tryConsume(1);
      throw refusal;
    }
  }

  /** Whether the client does not heed refusals at all. */
  boolean isFlooding() {
    return isFlooding;
  }

  /** Counts what a request is beside a request. */
  void count(Rate rate) {
    if (rate == Rate.MESSAGES) {
      if (messages == null) {
        messages = bucket(limits.messagesPerSecond(), limits.messageBurst());
      }
      take(messages);
    }
  }

  /** A bucket of {@code burst} tokens that fills up again at {@code perSecond}. */
  static Bucket bucket(int perSecond, int burst) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .build();
  }

  static void take(Bucket bucket) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      long millis = Duration.ofNanos(probe.getNanosToWaitForRefill()).toMillis() + 1;
      throw Refusal.rateLimited(Duration.ofMillis(millis));
    }
  }
}
