package org.carewire.gateway;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.zip.CRC32;

/**
 * {@code /api/docs}, the API to read and to try out, and the files that describe it: OpenAPI for
 * HTTP, AsyncAPI for events. Without a token.
 */
final class ApiDocs {
  private static final String DOCS = "/api/docs";

  /** Swagger UI sets styles on elements and has its images in the style sheet. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final String OWN = "org/carewire/gateway/api/";
  private static final String SWAGGER_UI = swaggerUi();

  private static final List<Page> PAGES =
      List.of(
          page("/api/openapi.yaml", "application/yaml", OWN + "openapi.yaml"),
          page("/api/asyncapi.yaml", "application/yaml", OWN + "asyncapi.yaml"),
          page(DOCS + "/", "text/html;charset=UTF-8", OWN + "docs/index.html"),
          page(DOCS + "/docs.js", "text/javascript;charset=UTF-8", OWN + "docs/docs.js"),
          page(DOCS + "/docs.css", "text/css;charset=UTF-8", OWN + "docs/docs.css"),
          page(
              DOCS + "/swagger-ui-bundle.js",
              "text/javascript;charset=UTF-8",
              SWAGGER_UI + "swagger-ui-bundle.js"),
          page(DOCS + "/swagger-ui.css", "text/css;charset=UTF-8", SWAGGER_UI + "swagger-ui.css"));

  /**
   * A file as it is served.
   *
   * @param tag changes with the content
   */
  private record Page(String path, String type, Buffer content, String tag) {}

  private ApiDocs() {}

  static void mount(Router router) {
    PAGES.forEach(page -> serve(router, page.path(), context -> send(context, page)));
    serve(router, DOCS, ApiDocs::redirect);
  }

  private static void serve(Router router, String path, Handler<RoutingContext> handler) {
    router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
  }

  /** To a relative address, for proxies that serve this under a path of their own. */
  private static void redirect(RoutingContext context) {
    context.response().setStatusCode(308).putHeader("Location", "docs/").end();
  }

  private static void send(RoutingContext context, Page page) {
    HttpServerResponse response = context.response();
    response
        // To be kept, and asked for again each time: an upgrade is seen at once.
        .putHeader("Cache-Control", "no-cache")
        .putHeader("ETag", page.tag())
        .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
    if (page.tag().equals(context.request().getHeader("If-None-Match"))) {
      response.setStatusCode(304).end();
    } else {
      // Vert.x gives no length to what it leaves out for HEAD.
      response
          .putHeader("Content-Type", page.type())
          .putHeader("Content-Length", Integer.toString(page.content().length()))
          .end(page.content());
    }
  }

  /** The folder of the WebJar, which is named by its version. */
  private static String swaggerUi() {
    var properties = new Properties();
    try {
      String text =
          new String(
              read("META-INF/maven/org.webjars/swagger-ui/pom.properties"), StandardCharsets.UTF_8);
      properties.load(new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "META-INF/resources/webjars/swagger-ui/" + properties.getProperty("version") + "/";
  }

  private static Page page(String path, String type, String resource) {
    byte[] content = read(resource);
    var checksum = new CRC32();
    checksum.update(content);
    return new Page(
        path, type, Buffer.buffer(content), "\"" + Long.toHexString(checksum.getValue()) + "\"");
  }

  private static byte[] read(String resource) {
    try (InputStream in = ApiDocs.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
