package org.carewire.gateway;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.carewire.platform.Platform;
import org.carewire.protocol.GatewayAddress;
import org.carewire.protocol.GatewayEndpoints;
import org.carewire.protocol.Limits;
import org.jspecify.annotations.Nullable;

/** Where clients come in; one of several instances that share a port. */
public final class GatewayVerticle extends VerticleBase {
  /** How long the reason of a close may take to reach a peer that still sends. */
  private static final int CLOSING_TIMEOUT_SECONDS = 1;

  private static final int IDLE_MORE_SECONDS = 15;

  private final Platform platform;
  private final GatewayConfig config;
  private final SharedLimits shared;
  private final @Nullable TokenKeys keys;
  private final Revocations revocations;
  private final int instance;
  private final IntConsumer onListening;
  private @Nullable SessionLife life;
  private @Nullable SockJsTransport sockJs;

  /**
   * One instance.
   *
   * @param shared by all instances of the node
   * @param keys shared by them too; absent where no JWKS is configured
   * @param revocations shared by them too
   * @param instance from 0, below the number of instances of the bus
   * @param onListening told the port
   */
  public GatewayVerticle(
      Platform platform,
      GatewayConfig config,
      SharedLimits shared,
      @Nullable TokenKeys keys,
      Revocations revocations,
      int instance,
      IntConsumer onListening) {
    this.platform = platform;
    this.config = config;
    this.shared = shared;
    this.keys = keys;
    this.revocations = revocations;
    this.instance = instance;
    this.onListening = onListening;
  }

  @Override
  public Future<?> start() {
    Limits limits = platform.limits();
    var sessions = new Sessions(platform.routes());
    var tokens = new TokenVerifier(vertx, config.tokens(), keys, platform.clock());
    var authentication =
        new Authentication(tokens, revocations, shared, platform.audit(), platform.clock());
    var devices = new DeviceStore(platform.redis(), platform.clock());
    var rooms = new RoomRequests(platform, sessions, devices);
    var watching = new Watching(vertx, platform.clock(), platform.metrics(), shared.watchedUsers());
    var rights = new WatchRights(platform, sessions, watching);
    var presence =
        new PresenceRequests(
            platform, sessions, devices, new Attendance(platform), watching, rights);
    var notices = new CallNotices(sessions);
    var address = new GatewayAddress(platform.node().value(), instance);
    var calls = new CallRequests(platform, sessions, notices, address);
    var counts = new UnreadCounts(vertx, sessions);
    var flow = new EntryFlow(platform, config.sessions().stallTimeout(), counts);
    var greeting =
        new Greeting(
            platform,
            authentication,
            sessions,
            shared,
            new Returning(vertx, devices, rooms, presence, limits),
            flow,
            presence,
            calls,
            config.sessions().pingInterval());
    var commands =
        new CommandRouter(
            platform, greeting, rooms, presence, calls, new NotificationRequests(platform.bus()));
    var started =
        new SessionLife(
            platform,
            config.sessions(),
            sessions,
            shared,
            revocations,
            rooms,
            presence,
            calls,
            devices);
    life = started;
    boolean behindProxy = config.http().forwardedHeaders();

    Router router = Router.router(vertx);
    Problems.mount(router);
    new OriginPolicy(config.http().origins()).mount(router);
    var door = new FrontDoor(limits, shared, started);
    var webSockets = new WebSockets(vertx, door, behindProxy);
    var json = WebSockets.Speech.plain(() -> new JsonDialect(commands), limits.frameBytes());
    router.get("/ws").handler(request -> webSockets.upgrade(request, json));
    new SockJsPages(config.http().origins()).mount(router);
    var overSockJs = new SockJsTransport(vertx, door, commands, webSockets, behindProxy);
    overSockJs.mount(router);
    sockJs = overSockJs;
    new HttpApi(platform.bus(), limits, authentication, shared, behindProxy).mount(router);
    ApiDocs.mount(router);
    if (!config.accounts().isEmpty()) {
      var issuer = new TokenIssuer(config.tokens(), platform.clock());
      new DemoLogin(config, issuer, authentication, limits).mount(router);
      DemoPage.mount(router);
    }

    var signals = new DeliveringSignals(sessions);
    var connected = new FindingConnected(shared);
    var fanOut =
        new FanOut(
            sessions,
            rooms,
            presence,
            notices,
            flow,
            new NotificationNotices(sessions, flow, counts),
            revocations,
            platform.doubts(),
            platform.metrics());
    var again = new TellingAgain(sessions, rooms, presence);
    platform.lease().beforeTaking(() -> here(again::tell));
    var refreshing = new Refreshing(platform, watching, rights);
    platform
        .doubts()
        .listen(
            _ ->
                context.runOnContext(
                    _ -> {
                      refreshing.doubt();
                      calls.doubt();
                    }));
    started.start(vertx);
    flow.start(vertx);
    return platform
        .deliveries()
        .receive(fanOut::handle)
        .compose(
            _ -> platform.bus().serve(instance, GatewayEndpoints.DELIVER_SIGNAL, signals::deliver))
        .compose(
            _ -> platform.bus().serve(instance, GatewayEndpoints.FIND_CONNECTED, connected::find))
        .compose(
            _ ->
                vertx
                    .createHttpServer(options(limits))
                    .connectionHandler(this::guard)
                    .requestHandler(router)
                    .listen())
        .onSuccess(server -> onListening.accept(server.actualPort()));
  }

  /** Does it on the event loop of this instance. */
  private Future<?> here(Supplier<Future<?>> action) {
    Promise<Object> done = Promise.promise();
    context.runOnContext(_ -> action.get().<Object>mapEmpty().onComplete(done));
    return done.future();
  }

  private void guard(HttpConnection connection) {
    RequestDeadline.guard(
        Channels.of(connection),
        config.http().requestTimeout(),
        platform.metrics().counter("carewire.requests.timedOut"));
  }

  private HttpServerOptions options(Limits limits) {
    // Vert.x: a negative port is any free one that all instances of a deployment share.
    int port = config.http().port() == 0 ? -1 : config.http().port();
    return new HttpServerOptions()
        .setHost(config.http().host())
        .setPort(port)
        // Some messages of SockJS are longer than the frames in them.
        .setMaxWebSocketFrameSize(SockJsFrames.ESCAPED * limits.frameBytes())
        // And some come in forms, in one field.
        .setMaxFormAttributeSize(SockJsFrames.ESCAPED * limits.frameBytes())
        .setHttp2ClearTextEnabled(false)
        // All is done on the event loop; without a queue for other threads a connection costs less.
        .setStrictThreadMode(true)
        .setWebSocketClosingTimeout(CLOSING_TIMEOUT_SECONDS)
        .setIdleTimeout(idleSeconds())
        // Compression costs each connection more memory than all the rest of it.
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false);
  }

  /** A little more than a session may be silent; for connections that are no sessions. */
  private int idleSeconds() {
    return Math.toIntExact(config.sessions().silenceTimeout().toSeconds()) + IDLE_MORE_SECONDS;
  }

  @Override
  public Future<?> stop() {
    Future<?> drained =
        life == null ? Future.succeededFuture() : life.drain(vertx, config.drainTime());
    return drained.onComplete(
        _ -> {
          if (sockJs != null) {
            sockJs.close();
          }
        });
  }
}
