package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * Sends pushes by HTTP. What the other side says beside the status is not kept, redirects are not
 * followed, and one that does not answer in time is left.
 */
final class PushClient {
  private static final int CONNECT_TIMEOUT_MS = 5_000;
  private static final int MAX_ANSWER_BYTES = 65_536;
  private static final long LONGEST_SECONDS = Duration.ofDays(1).toSeconds();

  /**
   * What was answered.
   *
   * @param retryAfter absent where it was not said
   */
  record Answer(int status, @Nullable Instant retryAfter) {}

  /** No answer came, for a reason in one word. */
  static final class NoAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    NoAnswer(String reason) {
      super(reason, null, false, false);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  private final Vertx vertx;
  private final Clock clock;
  private final long timeoutMs;

  /** Some push services speak HTTP/2 alone, which is agreed on by TLS. */
  private final HttpClient secure;

  private final HttpClient plain;

  /**
   * A client.
   *
   * @param perOrigin as many connections
   */
  PushClient(Vertx vertx, Clock clock, Duration timeout, int perOrigin) {
    this.vertx = vertx;
    this.clock = clock;
    this.timeoutMs = timeout.toMillis();
    var pool = new PoolOptions().setHttp1MaxSize(perOrigin).setHttp2MaxSize(2);
    this.secure =
        vertx.createHttpClient(
            options().setSsl(true).setUseAlpn(true).setProtocolVersion(HttpVersion.HTTP_2), pool);
    this.plain = vertx.createHttpClient(options(), pool);
  }

  private static HttpClientOptions options() {
    return new HttpClientOptions().setConnectTimeout(CONNECT_TIMEOUT_MS).setKeepAliveTimeout(30);
  }

  /** Fails with {@link NoAnswer} only. */
  Future<Answer> post(PushRequest push) {
    var exchange = new Exchange();
    exchange.begin(push);
    return exchange.answer.future();
  }

  void close() {
    secure.close();
    plain.close();
  }

  /** One request, and no more time or room than it is given. */
  private final class Exchange {
    private final Promise<Answer> answer = Promise.promise();
    private final long timer = vertx.setTimer(timeoutMs, _ -> end("timeout"));
    private @Nullable HttpClientRequest request;
    private boolean over;
    private int read;

    void begin(PushRequest push) {
      var options =
          new RequestOptions()
              .setMethod(HttpMethod.POST)
              .setAbsoluteURI(push.uri().toString())
              .setFollowRedirects(false);
      push.headers().forEach(options::putHeader);
      HttpClient client = "https".equals(push.uri().getScheme()) ? secure : plain;
      client
          .request(options)
          .compose(
              opened -> {
                request = opened;
                if (over) {
                  return opened.reset().mapEmpty();
                }
                return opened.send(push.body()).onSuccess(this::answered);
              })
          .onFailure(_ -> end("unreachable"));
    }

    private void answered(HttpClientResponse response) {
      answer.tryComplete(new Answer(response.statusCode(), retryAfter(response)));
      response.exceptionHandler(_ -> end("unreachable"));
      response.endHandler(
          _ -> {
            over = true;
            vertx.cancelTimer(timer);
          });
      response.handler(
          chunk -> {
            read += chunk.length();
            if (read > MAX_ANSWER_BYTES) {
              end("endless");
            }
          });
    }

    /** The status counts even where the rest does not come. */
    private void end(String reason) {
      if (over) {
        return;
      }
      over = true;
      vertx.cancelTimer(timer);
      if (request != null) {
        request.reset();
      }
      answer.tryFail(new NoAnswer(reason));
    }
  }

  /** Seconds, or a date; what is neither was not said. */
  private @Nullable Instant retryAfter(HttpClientResponse response) {
    String said = response.getHeader("Retry-After");
    if (said == null) {
      return null;
    }
    Instant now = clock.instant();
    try {
      return now.plusSeconds(Math.clamp(Long.parseLong(said), 0, LONGEST_SECONDS));
    } catch (NumberFormatException e) {
      Instant date = date(said);
      Instant latest = now.plusSeconds(LONGEST_SECONDS);
      return date != null && date.isAfter(latest) ? latest : date;
    }
  }

  private static @Nullable Instant date(String said) {
    try {
      return ZonedDateTime.parse(said, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
