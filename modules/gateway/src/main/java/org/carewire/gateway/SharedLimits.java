package org.carewire.gateway;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Limits;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** The limits that all gateway instances of a node count together; safe for all threads. */
public final class SharedLimits {
  private static final int MAX_TRACKED = 100_000;

  /** So many times more than connections: many clients may come back to a new node at once. */
  private static final int GUESSES = 10;

  private final Limits limits;
  private final Cache<String, Bucket> connectionsByAddress = buckets();
  private final Cache<String, Bucket> failuresByAddress = buckets();
  private final Cache<String, Bucket> guessesByAddress = buckets();
  private final Cache<UserKey, Bucket> apiByUser = buckets();
  private final AtomicInteger openConnections;
  private final AtomicInteger watchedUsers;
  private final ConcurrentMap<UserKey, Integer> sessionsByUser = new ConcurrentHashMap<>();

  public SharedLimits(Limits limits, MeterRegistry metrics) {
    this.limits = limits;
    this.openConnections =
        Objects.requireNonNull(metrics.gauge("carewire.connections", new AtomicInteger()));
    this.watchedUsers =
        Objects.requireNonNull(metrics.gauge("carewire.presence.watched", new AtomicInteger()));
  }

  private static <K> Cache<K, Bucket> buckets() {
    return Caffeine.newBuilder()
        .maximumSize(MAX_TRACKED)
        .expireAfterAccess(Duration.ofMinutes(1))
        .build();
  }

  /** A bucket of {@code burst} tokens that fills up again at {@code perSecond}. */
  private static Bucket bucket(int perSecond, int burst) {
    return Bucket.builder()
        .addLimit(limit -> limit.capacity(burst).refillGreedy(perSecond, Duration.ofSeconds(1)))
        .build();
  }

  private static void take(Bucket bucket) {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    if (!probe.isConsumed()) {
      long millis = Duration.ofNanos(probe.getNanosToWaitForRefill()).toMillis() + 1;
      throw Refusal.rateLimited(Duration.ofMillis(millis));
    }
  }

  /** How many connections there are. */
  AtomicInteger openConnections() {
    return openConnections;
  }

  /** How many users have watchers; one that has some at two instances is counted for each. */
  AtomicInteger watchedUsers() {
    return watchedUsers;
  }

  /** Counts a new connection; answers whether it is one too many. */
  boolean isTooManyConnections(ClientAddress address) {
    return isTooMany(connectionsByAddress, address, 1);
  }

  /** Counts an authentication that failed; answers whether it is one too many. */
  boolean isTooManyFailures(ClientAddress address) {
    return isTooMany(failuresByAddress, address, 1);
  }

  /** Counts a session that was asked for and is not there. */
  void noteGuess(ClientAddress address) {
    isTooMany(guessesByAddress, address, GUESSES);
  }

  /** Whether an address has asked for more such sessions than it may; does not count. */
  boolean isGuessing(ClientAddress address) {
    Bucket bucket = guessesByAddress.getIfPresent(address.text());
    return bucket != null && bucket.getAvailableTokens() == 0;
  }

  private boolean isTooMany(Cache<String, Bucket> buckets, ClientAddress address, int times) {
    if (address.isOwnMachine()) {
      return false;
    }
    Bucket bucket =
        buckets.get(
            address.text(),
            _ -> bucket(times * limits.connectionsPerSecond(), times * limits.connectionBurst()));
    return !bucket.tryConsume(1);
  }

  /** Counts a request to the HTTP API; throws {@code RATE_LIMITED} where it is one too many. */
  void countApiRequest(Caller caller) {
    if (!caller.isPlatform()) {
      take(
          apiByUser.get(
              UserKey.of(caller), _ -> bucket(limits.requestsPerSecond(), limits.requestBurst())));
    }
  }

  /** Counts a session in; answers whether the user had fewer than it may have. */
  boolean openSession(Caller caller) {
    boolean[] opened = {true};
    sessionsByUser.compute(
        UserKey.of(caller),
        (_, open) -> {
          int before = open == null ? 0 : open;
          opened[0] = before < limits.sessionsPerUser();
          return opened[0] ? before + 1 : open;
        });
    return opened[0];
  }

  /** Whether the user has sessions at any gateway instance of the node. */
  boolean hasSessions(TenantId tenant, UserId user) {
    return sessionsByUser.containsKey(new UserKey(tenant, user));
  }

  void closeSession(Caller caller) {
    sessionsByUser.computeIfPresent(UserKey.of(caller), (_, open) -> open == 1 ? null : open - 1);
  }
}
