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
  /** So many bursts that were refused without a pause are no mistake. */
  private static final int FLOOD_BURSTS = 10;

  private final Limits limits;
  private @Nullable Bucket requests;
  private @Nullable Bucket messages;
  private int refusedInARow;

  RequestRates(Limits limits) {
    this.limits = limits;
  }

  /** Counts a request; throws {@code RATE_LIMITED} where it is one too many. */
  void countRequest() {
    if (requests == null) {
      requests = bucket(limits.requestsPerSecond(), limits.requestBurst());
    }
    refusedInARow++;
    take(requests);
    refusedInARow = 0;
  }

  /** Whether the client does not heed refusals at all. */
  boolean isFlooding() {
    return refusedInARow > FLOOD_BURSTS * limits.requestBurst();
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
