package org.carewire.gateway;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.zip.CRC32;

/**
 * A file of the class path as it is served, without a token.
 *
 * @param tag changes with the content
 */
record StaticPage(String path, String type, Buffer content, String tag) {

  static StaticPage of(String path, String type, String resource) {
    byte[] content = read(resource);
    var checksum = new CRC32();
    checksum.update(content);
    return new StaticPage(
        path, type, Buffer.buffer(content), "\"" + Long.toHexString(checksum.getValue()) + "\"");
  }

  /**
   * Serves it.
   *
   * @param policy what the page may load and do
   */
  void mount(Router router, String policy) {
    serve(router, path, context -> send(context, policy));
  }

  static void serve(Router router, String path, Handler<RoutingContext> handler) {
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
  }

  private void send(RoutingContext context, String policy) {
    HttpServerResponse response = context.response();
    response
        // To be kept, and asked for again each time: an upgrade is seen at once.
        .putHeader("Cache-Control", "no-cache")
        .putHeader("ETag", tag)
        .putHeader("Content-Security-Policy", policy)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
    if (tag.equals(context.request().getHeader("If-None-Match"))) {
      response.setStatusCode(304).end();
    } else {
      // Vert.x gives no length to what it leaves out for HEAD.
      response
          .putHeader("Content-Type", type)
          .putHeader("Content-Length", Integer.toString(content.length()))
          .end(content);
    }
  }

  static byte[] read(String resource) {
    try (InputStream in = StaticPage.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
