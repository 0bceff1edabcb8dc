package org.carewire.signaling;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallNotice;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.QualityAdvice;
import org.carewire.protocol.QualityIssue;
import org.carewire.protocol.QualityReported;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.ReportQuality;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/**
 * {@code call:quality}. What was reported before is known to this instance alone, and not for ever.
 */
final class ReportingQuality {
  private static final Duration REMEMBERED = Duration.ofMinutes(2);
  private static final int MAX_REMEMBERED = 50_000;

  private record Reporter(CallId call, UserId user) {}

  private final Calls calls;
  private final Deliveries deliveries;
  private final QualitySamples samples;
  private final Cache<Reporter, QualityWatch> watches =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterAccess(REMEMBERED).build();

  ReportingQuality(Calls calls, Deliveries deliveries, QualitySamples samples) {
    this.calls = calls;
    this.deliveries = deliveries;
    this.samples = samples;
  }

  Future<QualityReported> report(Caller caller, ReportQuality command) {
    return calls
        .find(caller.tenant(), command.callId())
        .compose(
            call ->
                refusal(call, caller) == null
                    ? Future.succeededFuture(call)
                    // What is known here may be outdated.
                    : calls.load(caller.tenant(), command.callId()))
        .map(
            call -> {
              Refusal refusal = refusal(call, caller);
              if (refusal != null) {
                throw refusal;
              }
              return report(call, caller, command);
            });
  }

  private QualityReported report(Call call, Caller caller, ReportQuality command) {
    samples.add(call.id(), caller.user(), command.metrics());
    QualityWatch.Outcome outcome =
        watches
            .get(new Reporter(call.id(), caller.user()), _ -> new QualityWatch())
            .report(command.metrics());
    for (QualityIssue issue : outcome.raised()) {
      var notice = new CallNotice.Quality(call.id(), caller.user(), issue, command.metrics());
      call.joined()
          .filter(party -> !party.user().equals(caller.user()))
          .forEach(
              party -> tell(call, party.user(), requireNonNull(party.seat()).socket(), notice));
    }
    QualityAdvice changed = outcome.changed();
    if (changed != null) {
      tell(
          call,
          caller.user(),
          requireNonNull(caller.socket()),
          new CallNotice.Advice(
              call.id(), changed.maxBitrate(), changed.maxHeight(), changed.video()));
    }
    return new QualityReported(outcome.advice());
  }

  private void tell(Call call, UserId user, SocketId socket, CallNotice notice) {
    deliveries.send(
        new Delivery.OfCall(
            call.tenant(),
            List.of(user),
            call.id(),
            // Unlike those of what calls go through; each is told as it comes.
            ThreadLocalRandom.current().nextLong(Long.MIN_VALUE, 0),
            notice.event(),
            Json.raw(notice),
            socket,
            null));
  }

  private static @Nullable Refusal refusal(Call call, Caller caller) {
    Party party = call.party(caller.user()).orElse(null);
    if (party == null) {
      return Refusal.of(ErrorCode.ACCESS_DENIED, "Not authorized to report on this call");
    }
    Seat seat = party.seat();
    return seat != null && seat.socket().equals(caller.socket())
        ? null
        : Refusal.of(
            ErrorCode.WRONG_STATE, "You are not in this call with this session, join it first");
  }
}
