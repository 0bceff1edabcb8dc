package org.carewire.gateway;

import io.vertx.ext.web.Router;
import java.util.List;

/**
 * {@code /demo/} of the demo mode: calls and notifications in a browser, as any client has them.
 */
final class DemoPage {
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String OWN = "org/carewire/gateway/demo/";

  private static final List<StaticPage> PAGES =
      List.of(
          StaticPage.of("/demo/", "text/html;charset=UTF-8", OWN + "index.html"),
          script("demo.js"),
          script("inbox.js"),
          script("mesh.js"),
          script("session.js"),
          StaticPage.of("/demo/demo.css", "text/css;charset=UTF-8", OWN + "demo.css"));

  private DemoPage() {}

  private static StaticPage script(String name) {
    return StaticPage.of("/demo/" + name, "text/javascript;charset=UTF-8", OWN + name);
  }

  static void mount(Router router) {
    PAGES.forEach(page -> page.mount(router, CONTENT_SECURITY_POLICY));
  }
}
