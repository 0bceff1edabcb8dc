package org.carewire.server;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import io.vertx.sqlclient.Pool;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.carewire.chat.ChatVerticle;
import org.carewire.gateway.GatewayConfig;
import org.carewire.gateway.GatewayVerticle;
import org.carewire.gateway.Rechecking;
import org.carewire.gateway.Revocations;
import org.carewire.gateway.SharedLimits;
import org.carewire.gateway.TokenKeys;
import org.carewire.notifications.NotificationsVerticle;
import org.carewire.platform.AuditQueue;
import org.carewire.platform.Bus;
import org.carewire.platform.Cluster;
import org.carewire.platform.ClusterConfig;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Doubts;
import org.carewire.platform.Epoch;
import org.carewire.platform.Management;
import org.carewire.platform.Migrations;
import org.carewire.platform.NodeId;
import org.carewire.platform.NodeLease;
import org.carewire.platform.NodeRole;
import org.carewire.platform.Platform;
import org.carewire.platform.Postgres;
import org.carewire.platform.RedisAccess;
import org.carewire.platform.Routes;
import org.carewire.platform.SplitWatch;
import org.carewire.presence.PresenceVerticle;
import org.carewire.signaling.SignalingVerticle;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One server process, put together by hand; starting and stopping block. */
final class Node implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Node.class);
  private static final long STEP_SECONDS = 30;

  private final CarewireConfig config;
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Vertx vertx;
  private final Platform platform;
  private final SplitWatch split;
  private @Nullable TokenKeys tokenKeys;
  private @Nullable Revocations revocations;
  private @Nullable String chats;
  private @Nullable String presences;
  private @Nullable String signalings;
  private @Nullable String notifications;
  private @Nullable String gateways;
  private final AtomicInteger httpPort = new AtomicInteger();
  private final AtomicInteger managementPort = new AtomicInteger();
  private volatile boolean stopping;

  private Node(CarewireConfig config) {
    this.config = config;
    Cluster.Joined joined = join(config, NodeId.fresh(), metrics);
    this.vertx = joined.vertx();
    this.platform = platform(config, vertx, joined.cluster(), metrics);
    this.split =
        new SplitWatch(
            vertx, platform.cluster(), platform.redis(), platform.clock(), platform.doubts());
  }

  /**
   * Brings the database up to date and opens the ports.
   *
   * @throws StartFailure where it cannot, with nothing left running
   */
  static Node start(CarewireConfig config) {
    migrate(config);
    var node = new Node(config);
    try {
      node.start();
      return node;
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  static void migrate(CarewireConfig config) {
    try {
      Migrations.run(config.postgres());
    } catch (FlywayException e) {
      throw new StartFailure(
          "The database "
              + config.postgres()
              + " cannot be reached or brought up to date: "
              + e.getMessage(),
          e);
    }
  }

  private static Cluster.Joined join(
      CarewireConfig config, NodeId node, PrometheusMeterRegistry metrics) {
    new JvmMemoryMetrics().bindTo(metrics);
    new JvmThreadMetrics().bindTo(metrics);
    bindGc(metrics);
    // Not the method of requests, which is any word that a client chooses.
    var metricsOptions =
        new MicrometerMetricsOptions()
            .setEnabled(true)
            .setLabels(EnumSet.of(Label.HTTP_CODE, Label.POOL_TYPE, Label.POOL_NAME));
    // The bus has better ones of its own, by endpoint.
    EnumSet.of(
            MetricsDomain.EVENT_BUS,
            MetricsDomain.HTTP_CLIENT,
            MetricsDomain.NET_CLIENT,
            MetricsDomain.NET_SERVER)
        .forEach(metricsOptions::addDisabledMetricsCategory);
    VertxOptions options =
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(config.node().instances())
            .setMetricsOptions(metricsOptions);
    VertxBuilder builder = Vertx.builder().withMetrics(new MicrometerMetricsFactory(metrics));
    ClusterConfig cluster = config.cluster();
    Cluster.Joined joined =
        cluster == null
            ? new Cluster.Joined(builder.with(options).build(), Cluster.alone(node))
            : await(
                Cluster.join(builder, options, cluster, node, config.node().roles()),
                failure -> ClusterSettings.notJoined(cluster, failure));
    joined.cluster().bindTo(metrics);
    log.atInfo()
        .addKeyValue("native", joined.vertx().isNativeTransportEnabled())
        .log("transport.chosen");
    return joined;
  }

  @SuppressWarnings("resource") // It lives as long as the process.
  private static void bindGc(PrometheusMeterRegistry metrics) {
    new JvmGcMetrics().bindTo(metrics);
  }

  private static Platform platform(
      CarewireConfig config, Vertx vertx, Cluster cluster, PrometheusMeterRegistry metrics) {
    NodeId node = cluster.self();
    Clock clock = Clock.systemUTC();
    Bus bus = new Bus(vertx, cluster, config.node().instances(), metrics);
    Pool pool = Postgres.pool(vertx, config.postgres());
    var redis = new RedisAccess(vertx, config.redis());
    var doubts = new Doubts(clock, metrics);
    var lease = new NodeLease(vertx, redis, node, clock, doubts);
    return new Platform(
        vertx,
        node,
        cluster,
        clock,
        config.limits(),
        bus,
        new Deliveries(vertx, cluster, bus, redis, clock, doubts),
        pool,
        redis,
        lease,
        new Routes(vertx, cluster, redis, lease),
        doubts,
        new AuditQueue(vertx, pool, metrics),
        new Epoch(),
        metrics);
  }

  private void start() {
    if (does(NodeRole.CHAT)) {
      var instance = new AtomicInteger();
      chats =
          await(
              vertx.deployVerticle(
                  () -> new ChatVerticle(platform, instance.getAndIncrement()), instances()));
    }
    await(platform.lease().hold());
    if (does(NodeRole.PRESENCE)) {
      var instance = new AtomicInteger();
      presences =
          await(
              vertx.deployVerticle(
                  () -> new PresenceVerticle(platform, instance.getAndIncrement()), instances()));
    }
    if (does(NodeRole.SIGNALING)) {
      var instance = new AtomicInteger();
      signalings =
          await(
              vertx.deployVerticle(
                  () ->
                      new SignalingVerticle(
                          platform, config.signaling(), instance.getAndIncrement()),
                  instances()));
    }
    if (does(NodeRole.NOTIFICATIONS)) {
      var instance = new AtomicInteger();
      notifications =
          await(
              vertx.deployVerticle(
                  () ->
                      new NotificationsVerticle(
                          platform, config.notifications(), instance.getAndIncrement()),
                  instances()));
    }
    await(platform.bus().open());
    await(platform.deliveries().open());
    split.start();
    HttpServer management =
        awaitPort(management().listen(), "management", config.management().port());
    managementPort.set(management.actualPort());
    if (does(NodeRole.GATEWAY)) {
      startGateways();
    }
    log.atInfo()
        .addKeyValue("node", platform.node().value())
        .addKeyValue("port", httpPort())
        .addKeyValue("managementPort", managementPort())
        .log("node.started");
  }

  private boolean does(NodeRole role) {
    return config.node().roles().contains(role);
  }

  private void startGateways() {
    readTokenKeys();
    Revocations revoked = readRevocations();
    var shared = new SharedLimits(config.limits(), metrics);
    var rechecking =
        new Rechecking(vertx, platform.bus(), platform.deliveries(), shared, platform.clock());
    platform.doubts().listen(rechecking::doubt);
    var instance = new AtomicInteger();
    gateways =
        awaitPort(
            vertx.deployVerticle(
                () ->
                    new GatewayVerticle(
                        platform,
                        config.gateway(),
                        shared,
                        tokenKeys,
                        revoked,
                        instance.getAndIncrement(),
                        httpPort::set),
                instances()),
            "http",
            config.gateway().http().port());
    platform.doubts().raise(Doubts.Reason.STARTED);
  }

  private void readTokenKeys() {
    GatewayConfig.Tokens tokens = config.gateway().tokens();
    URI jwks = tokens.jwks();
    if (jwks != null) {
      var keys = new TokenKeys(vertx, jwks, tokens.algorithms(), platform.clock(), metrics);
      tokenKeys = keys;
      await(keys.start(), failure -> TokenSettings.notRead(jwks, failure));
    }
  }

  /** Before anyone can come in. */
  private Revocations readRevocations() {
    var read = new Revocations(vertx, platform.bus(), platform.epoch());
    revocations = read;
    await(
        read.start()
            .recover(
                failure ->
                    Future.failedFuture(
                        new StartFailure(
                            "The database " + config.postgres() + " does not answer", failure))));
    return read;
  }

  private Management management() {
    var management =
        new Management(vertx, config.management(), metrics, platform.pool(), platform.redis());
    management.needing("serving", () -> isServing() && !stopping);
    // Without keys and without a secret nobody could come in.
    return config.gateway().tokens().jwks() == null || config.gateway().tokens().secret() != null
        ? management
        : management.needing("tokenKeys", this::areKeysHeld);
  }

  /** Whether what the node is to do has been started. */
  private boolean isServing() {
    return !does(NodeRole.GATEWAY) || httpPort() > 0;
  }

  private boolean areKeysHeld() {
    TokenKeys keys = tokenKeys;
    return keys != null && keys.areHeld();
  }

  private DeploymentOptions instances() {
    return new DeploymentOptions().setInstances(config.node().instances());
  }

  int httpPort() {
    return httpPort.get();
  }

  int managementPort() {
    return managementPort.get();
  }

  Platform platform() {
    return platform;
  }

  /**
   * Says that it is not ready, sends all sessions away, finishes what is under way and closes
   * everything, within {@code node.stopTimeout}.
   */
  @Override
  public void close() {
    stopping = true;
    log.atInfo().addKeyValue("node", platform.node().value()).log("node.stopping");
    var steps = new StopSteps(config.node().stopTimeout());
    if (gateways != null) {
      steps.await("drainDelay", vertx.timer(config.node().drainDelay().toMillis() + 1));
    }
    if (tokenKeys != null) {
      tokenKeys.close();
    }
    // The services answer as long as there are sessions.
    undeploy(steps, gateways);
    if (revocations != null) {
      revocations.close();
    }
    undeploy(steps, notifications);
    undeploy(steps, signalings);
    undeploy(steps, presences);
    undeploy(steps, chats);
    platform.deliveries().close();
    steps.await("audit", platform.audit().close());
    steps.await("split", split.close());
    steps.await("lease", platform.lease().release());
    steps.await("postgres", platform.pool().close());
    steps.await("redis", platform.redis().close());
    steps.await("vertx", vertx.close());
    log.atInfo().log("node.stopped");
  }

  private void undeploy(StopSteps steps, @Nullable String deployment) {
    if (deployment != null) {
      steps.await("verticles", vertx.undeploy(deployment));
    }
  }

  private static <T> T await(Future<T> step) {
    return await(step, failure -> new StartFailure("Starting failed: " + failure, failure));
  }

  /** Awaits the opening of a port. */
  private static <T> T awaitPort(Future<T> step, String section, int port) {
    return await(
        step,
        failure ->
            new StartFailure(
                "Port %d cannot be opened (%s): stop what uses it, or set another as %s.port or %s"
                    .formatted(
                        port,
                        failure.getMessage(),
                        section,
                        Settings.environmentName(section + ".port")),
                failure));
  }

  /**
   * Awaits a step.
   *
   * @param explanation of a failure of the operating system or the network
   */
  private static <T> T await(Future<T> step, Function<IOException, StartFailure> explanation) {
    try {
      return step.recover(
              failure ->
                  Future.failedFuture(
                      failure instanceof IOException e ? explanation.apply(e) : failure))
          .await(STEP_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new StartFailure("Starting took longer than " + STEP_SECONDS + " seconds", e);
    }
  }
}
