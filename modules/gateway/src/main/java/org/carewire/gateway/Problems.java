package org.carewire.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.carewire.platform.Faults;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Errors of the HTTP API, as RFC 9457 {@code application/problem+json} with our {@code code}. */
final class Problems {
  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  private static final String UPLOAD = "multipart/";

  private record Problem(
      String type,
      String title,
      int status,
      String detail,
      ErrorCode code,
      boolean retryable,
      @Nullable String field) {}

  private Problems() {}

  /** Answers what no route does: unknown paths, wrong methods, bodies beyond the limit, faults. */
  static void mount(Router router) {
    router.route().handler(Problems::refuseUploads).failureHandler(Problems::unlessGone);
    router.errorHandler(400, context -> send(context, Refusal.badRequest("Malformed request")));
    router.errorHandler(
        404, context -> send(context, Refusal.of(ErrorCode.NOT_FOUND, "There is no such path")));
    router.errorHandler(
        405,
        context -> send(context, 405, Refusal.badRequest("This path does not have that method")));
    router.errorHandler(
        413, context -> send(context, Refusal.of(ErrorCode.TOO_LARGE, "The body is too large")));
    router.errorHandler(500, Problems::sendFault);
  }

  /** No path takes them, and what reads them takes exception to some of their headers. */
  private static void refuseUploads(RoutingContext context) {
    String type = context.request().getHeader("Content-Type");
    if (type != null && type.trim().regionMatches(true, 0, UPLOAD, 0, UPLOAD.length())) {
      send(context, Refusal.badRequest("The body must not be of the type multipart"));
    } else {
      context.next();
    }
  }

  /** What fails because the peer has gone needs no answer. */
  private static void unlessGone(RoutingContext context) {
    if (!context.response().closed()) {
      context.next();
    }
  }

  static void send(RoutingContext context, Refusal refusal) {
    send(context, refusal.code().httpStatus(), refusal);
  }

  private static void send(RoutingContext context, int status, Refusal refusal) {
    HttpServerResponse response = context.response();
    refusal
        .retryAfter()
        .ifPresent(wait -> response.putHeader("Retry-After", Long.toString(roundedUp(wait))));
    if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    var problem =
        new Problem(
            "about:blank",
            title(status),
            status,
            refusal.text(),
            refusal.code(),
            refusal.code().retryable(),
            refusal.field().orElse(null));
    response
        .setStatusCode(status)
        .putHeader("Content-Type", "application/problem+json")
        .end(Buffer.buffer(Json.write(problem)));
  }

  private static String title(int status) {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }

  private static long roundedUp(Duration wait) {
    return Math.max(1, wait.plusMillis(999).toSeconds());
  }

  private static void sendFault(RoutingContext context) {
    Throwable failure = context.failure();
    if (failure != null) {
      log.atError().setCause(Faults.withoutTexts(failure)).log("http.failed");
    }
    send(context, Refusal.of(ErrorCode.INTERNAL, "Something went wrong on the server"));
  }
}
