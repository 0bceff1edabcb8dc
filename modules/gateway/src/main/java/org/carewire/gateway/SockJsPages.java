package org.carewire.gateway;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;
import org.carewire.protocol.Json;

/**
 * What SockJS clients load before they connect: facts about the server and, for browsers that can
 * do no better than ask from within a frame of our own origin, a page for it with its script.
 */
final class SockJsPages {
  private static final String BASE = SockJsTransport.BASE;
  private static final String SOCK_JS =
      "/META-INF/resources/webjars/sockjs-client/1.6.1/dist/sockjs.min.js";
  private static final String POLICY = "Content-Security-Policy";
  private static final String JAVASCRIPT = "text/javascript";
  private static final Buffer WELCOME = Buffer.buffer("Welcome to SockJS!\n");
  private static final Buffer PAGE =
      Buffer.buffer(
          """
          <!DOCTYPE html>
          <html>
          <head>
            <meta http-equiv="X-UA-Compatible" content="IE=edge" />
            <meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />
            <script src="sockjs.min.js"></script>
            <script src="iframe.js"></script>
          </head>
          <body>
            <h2>Don't panic!</h2>
            <p>This is a SockJS hidden iframe. It's used for cross domain magic.</p>
          </body>
          </html>
          """);
  private static final Buffer SCRIPT =
      Buffer.buffer(
          """
          document.domain = document.domain;
          SockJS.bootstrap_iframe();
          """);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String frameAncestors;

  private record ServerInfo(
      boolean websocket,
      List<String> origins,
      @JsonProperty("cookie_needed") boolean cookieNeeded,
      long entropy) {}

  /**
   * The pages.
   *
   * @param origins whose pages may frame ours
   */
  SockJsPages(List<String> origins) {
    this.frameAncestors = "frame-ancestors 'self' " + String.join(" ", origins);
  }

  void mount(Router router) {
    router.route(BASE + "/*").handler(this::restrict);
    router.get(BASE).handler(request -> send(request, "text/plain", WELCOME));
    router.get(BASE + "/info").handler(SockJsPages::info);
    router.getWithRegex(BASE + "/iframe[0-9a-z._-]*\\.html").handler(this::iframe);
    router.get(BASE + "/iframe.js").handler(request -> send(request, JAVASCRIPT, SCRIPT));
    Buffer sockJs = sockJs();
    router.get(BASE + "/sockjs.min.js").handler(request -> send(request, JAVASCRIPT, sockJs));
  }

  private static Buffer sockJs() {
    try (InputStream in = SockJsPages.class.getResourceAsStream(SOCK_JS)) {
      return Buffer.buffer(Objects.requireNonNull(in, SOCK_JS).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void info(RoutingContext request) {
    long entropy = Integer.toUnsignedLong(RANDOM.nextInt());
    SockJsTransport.uncached(request.response())
        .putHeader("Content-Type", "application/json; charset=UTF-8")
        .end(Buffer.buffer(Json.write(new ServerInfo(true, List.of("*:*"), false, entropy))));
  }

  /** Some streams are pages that could be framed, too. */
  private void restrict(RoutingContext request) {
    request.response().putHeader(POLICY, frameAncestors);
    request.next();
  }

  private void iframe(RoutingContext request) {
    request.response().putHeader(POLICY, "default-src 'self'; " + frameAncestors);
    send(request, "text/html", PAGE);
  }

  private static void send(RoutingContext request, String type, Buffer body) {
    request
        .response()
        .putHeader("Content-Type", type + "; charset=UTF-8")
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Cache-Control", "public, max-age=3600")
        .end(body);
  }
}
