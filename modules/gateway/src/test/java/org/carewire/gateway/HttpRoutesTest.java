package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.carewire.platform.AuditQueue;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.Epoch;
import org.carewire.platform.NodeId;
import org.carewire.platform.Postgres;
import org.carewire.platform.PostgresConfig;
import org.carewire.platform.ServerAddress;
import org.carewire.protocol.Limits;
import org.junit.jupiter.api.Test;

/** The HTTP API has the routes that its description says, and no others. */
class HttpRoutesTest {
  private static final List<String> METHODS =
      List.of("get", "put", "post", "delete", "patch", "head", "options", "trace");
  private static final String SECRET = "a secret of more than thirty-two bytes";

  @Test
  void routesAreThoseOfTheDescription() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      assertThat(routes(vertx)).isEqualTo(described()).hasSizeGreaterThan(5);
    } finally {
      vertx.close().await();
    }
  }

  /** As {@code GET /api/v1/visits/:visitId}; nothing is asked of any server. */
  private static Set<String> routes(Vertx vertx) {
    var metrics = new SimpleMeterRegistry();
    var nowhere =
        new PostgresConfig(
            List.of(new ServerAddress("localhost", 1)),
            "none",
            "none",
            "none",
            PostgresConfig.Tls.DISABLE,
            1);
    var shared = new SharedLimits(Limits.DEFAULT, metrics);
    var tokens = new GatewayConfig.Tokens(SECRET, null, Set.of(), null, null, Duration.ZERO);
    var verifier = new TokenVerifier(vertx, tokens, null, Clock.systemUTC());
    var audit = new AuditQueue(vertx, Postgres.pool(vertx, nowhere), metrics);
    var bus = new Bus(vertx, Cluster.alone(NodeId.fresh()), 1, metrics);
    var revocations = new Revocations(vertx, bus, new Epoch());
    var authentication =
        new Authentication(verifier, revocations, shared, audit, Clock.systemUTC());
    var config =
        new GatewayConfig(
            new GatewayConfig.Http("localhost", 0, List.of(), false, Duration.ZERO),
            tokens,
            new GatewayConfig.Sessions(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
            Duration.ZERO,
            List.of());

    Router router = Router.router(vertx);
    new HttpApi(bus, Limits.DEFAULT, authentication, shared, false).mount(router);
    new DemoLogin(
            config, new TokenIssuer(tokens, Clock.systemUTC()), authentication, Limits.DEFAULT)
        .mount(router);

    var found = new TreeSet<String>();
    router.getRoutes().stream().flatMap(HttpRoutesTest::requests).forEach(found::add);
    return found;
  }

  /** None for what is before all routes, such as the reader of bodies. */
  private static Stream<String> requests(Route route) {
    if (route.methods() == null) {
      assertThat(route.isExactPath()).as("%s has methods", route).isFalse();
      return Stream.of();
    }
    return route.methods().stream().map(method -> method + " " + route.getPath());
  }

  private static Set<String> described() throws IOException {
    JsonNode paths;
    try (InputStream in = HttpRoutesTest.class.getResourceAsStream("api/openapi.yaml")) {
      paths = new ObjectMapper(new YAMLFactory()).readTree(in).get("paths");
    }
    var found = new TreeSet<String>();
    for (var path : paths.properties()) {
      for (var method : METHODS) {
        if (path.getValue().has(method)) {
          String route = path.getKey().replaceAll("\\{(\\w+)}", ":$1");
          found.add(method.toUpperCase(Locale.ROOT) + " " + route);
        }
      }
    }
    return found;
  }
}
