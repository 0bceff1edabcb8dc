package org.carewire.gateway;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * From where browsers may come: the server's own origin and the configured ones. What sends no
 * {@code Origin} is no browser's page and passes.
 */
final class OriginPolicy {
  private static final int PREFLIGHT_SECONDS = 600;

  private final List<String> allowed;

  OriginPolicy(List<String> allowed) {
    this.allowed = allowed;
  }

  /** Puts the check before every route, and the CORS headers on what passes. */
  void mount(Router router) {
    router.route().handler(this::check);
    if (!allowed.isEmpty()) {
      CorsHandler cors =
          CorsHandler.create()
              .addOrigins(allowed)
              .allowedMethods(
                  Set.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.POST, HttpMethod.DELETE))
              .allowedHeaders(Set.of("Authorization", "Content-Type", "Idempotency-Key"))
              // A sticky balancer may tell by a cookie where a SockJS session is.
              .allowCredentials(true)
              .maxAgeSeconds(PREFLIGHT_SECONDS);
      // It would refuse the server's own origin.
      router.route().handler(context -> withCors(cors, context));
    }
  }

  private void check(RoutingContext context) {
    String origin = context.request().getHeader("Origin");
    if (origin == null || allowed.contains(origin) || isOwn(origin, context)) {
      context.next();
    } else {
      Problems.send(
          context,
          Refusal.of(ErrorCode.ACCESS_DENIED, "This origin is not among the allowed ones"));
    }
  }

  private void withCors(CorsHandler cors, RoutingContext context) {
    if (allowed.contains(String.valueOf(context.request().getHeader("Origin")))) {
      cors.handle(context);
    } else {
      context.next();
    }
  }

  private static boolean isOwn(String origin, RoutingContext context) {
    return authority(origin) != null
        && String.valueOf(context.request().authority()).equals(authority(origin));
  }

  private static @Nullable String authority(String origin) {
    try {
      return URI.create(origin).getRawAuthority();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
