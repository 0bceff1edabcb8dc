package org.carewire.gateway;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import org.carewire.protocol.EventCatalog;
import org.carewire.protocol.Limits;
import org.carewire.protocol.Refusal;

/** How fast a session sends, and whether that is too fast. */
final class RequestRates {
  /** Who is refused so many bursts, faster than is allowed for requests, makes no mistake. */
  private static final int FLOOD_BURSTS = 10;

  /** What the sessions of a node may do. */
  record Allowed(Rate requests, Rate messages, Rate refusals) {
    static Allowed by(Limits limits) {
      return new Allowed(
          Rate.of(limits.requestsPerSecond(), limits.requestBurst()),
          Rate.of(limits.messagesPerSecond(), limits.messageBurst()),
          Rate.of(limits.requestsPerSecond(), FLOOD_BURSTS * limits.requestBurst()));
    }
  }

  private final Allowed allowed;
  private final Ticker ticker;
  private long requestsFullAt = Rate.FULL;
  private long messagesFullAt = Rate.FULL;
  private long refusalsFullAt = Rate.FULL;
  private boolean isFlooding;

  RequestRates(Allowed allowed, Ticker ticker) {
    this.allowed = allowed;
    this.ticker = ticker;
  }

  /** Counts a request; throws {@code RATE_LIMITED} where it is one too many. */
  void countRequest() {
    long now = ticker.read();
    long wait = allowed.requests().waitFor(requestsFullAt, now);
    if (wait > 0) {
      isFlooding = allowed.refusals().waitFor(refusalsFullAt, now) > 0;
      refusalsFullAt = allowed.refusals().take(refusalsFullAt, now);
      throw refused(wait);
    }
    requestsFullAt = allowed.requests().take(requestsFullAt, now);
  }

  /** Whether the client does not heed refusals at all. */
  boolean isFlooding() {
    return isFlooding;
  }

  /** Counts what a request is beside a request. */
  void count(EventCatalog.Rate rate) {
    if (rate == EventCatalog.Rate.MESSAGES) {
      long now = ticker.read();
      long wait = allowed.messages().waitFor(messagesFullAt, now);
      if (wait > 0) {
        throw refused(wait);
      }
      messagesFullAt = allowed.messages().take(messagesFullAt, now);
    }
  }

  private static Refusal refused(long waitNanos) {
    return Refusal.rateLimited(Duration.ofNanos(waitNanos).plusMillis(1));
  }
}
