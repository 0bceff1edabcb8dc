package org.carewire.gateway;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;

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

  private static final List<StaticPage> PAGES =
      List.of(
          StaticPage.of("/api/openapi.yaml", "application/yaml", OWN + "openapi.yaml"),
          StaticPage.of("/api/asyncapi.yaml", "application/yaml", OWN + "asyncapi.yaml"),
          StaticPage.of(DOCS + "/", "text/html;charset=UTF-8", OWN + "docs/index.html"),
          StaticPage.of(DOCS + "/docs.js", "text/javascript;charset=UTF-8", OWN + "docs/docs.js"),
          StaticPage.of(DOCS + "/docs.css", "text/css;charset=UTF-8", OWN + "docs/docs.css"),
          StaticPage.of(
              DOCS + "/swagger-ui-bundle.js",
              "text/javascript;charset=UTF-8",
              SWAGGER_UI + "swagger-ui-bundle.js"),
          StaticPage.of(
              DOCS + "/swagger-ui.css", "text/css;charset=UTF-8", SWAGGER_UI + "swagger-ui.css"));

  private ApiDocs() {}

  static void mount(Router router) {
    PAGES.forEach(page -> page.mount(router, CONTENT_SECURITY_POLICY));
    StaticPage.serve(router, DOCS, ApiDocs::redirect);
  }

  /** To a relative address, for proxies that serve this under a path of their own. */
  private static void redirect(RoutingContext context) {
    context.response().setStatusCode(308).putHeader("Location", "docs/").end();
  }

  /** The folder of the WebJar, which is named by its version. */
  private static String swaggerUi() {
    var properties = new Properties();
    try {
      String text =
          new String(
              StaticPage.read("META-INF/maven/org.webjars/swagger-ui/pom.properties"),
              StandardCharsets.UTF_8);
      properties.load(new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "META-INF/resources/webjars/swagger-ui/" + properties.getProperty("version") + "/";
  }
}
