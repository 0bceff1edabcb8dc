package org.carewire.gateway;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.carewire.gateway.SockJsResponse.Kind;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * {@code /eventbus}: the transports of SockJS, version 0.3 of its protocol. Our own, as the one of
 * Vert.x encodes each message for each session anew and bounds neither what waits for a client nor
 * how long a client may take.
 */
final class SockJsTransport {
  static final String BASE = "/eventbus";
  private static final String SESSION = BASE + "/:server/:session";
  private static final int MAX_ID = 64;
  private static final Pattern CALLBACK = Pattern.compile("[a-zA-Z0-9_.]{1,32}");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Context context;
  private final FrontDoor door;
  private final CommandRouter commands;
  private final WebSockets webSockets;
  private final boolean behindProxy;

  /** Of all gateway instances of the node: a client's requests come to any of them. */
  private final LocalMap<String, SockJsConnection> byId;

  /**
   * The transports of one gateway instance.
   *
   * @param behindProxy whether a proxy tells where clients come from
   */
  SockJsTransport(
      Vertx vertx,
      FrontDoor door,
      CommandRouter commands,
      WebSockets webSockets,
      boolean behindProxy) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.door = door;
    this.commands = commands;
    this.webSockets = webSockets;
    this.behindProxy = behindProxy;
    this.byId = vertx.sharedData().getLocalMap("carewire.sockjs");
  }

  void mount(Router router) {
    int frameBytes = door.limits().frameBytes();
    var raw = WebSockets.Speech.plain(this::dialect, frameBytes);
    var framed =
        new WebSockets.Speech(
            SockJsWebSocket::over,
            this::dialect,
            message -> message.length == 0 ? List.of() : SockJsFrames.payload(message),
            SockJsFrames.ESCAPED * frameBytes);
    router.get(BASE + "/websocket").handler(request -> webSockets.upgrade(request, raw));
    router.get(SESSION + "/websocket").handler(request -> webSockets.upgrade(request, framed));

    router.post(SESSION + "/xhr").handler(request -> listen(request, Kind.XHR));
    router.post(SESSION + "/xhr_streaming").handler(request -> listen(request, Kind.XHR_STREAMING));
    router.get(SESSION + "/eventsource").handler(request -> listen(request, Kind.EVENT_SOURCE));
    router.get(SESSION + "/htmlfile").handler(request -> listen(request, Kind.HTML_FILE));
    router.get(SESSION + "/jsonp").handler(request -> listen(request, Kind.JSONP));

    var body = BodyHandler.create(false).setBodyLimit((long) SockJsFrames.ESCAPED * frameBytes);
    for (String path : List.of(SESSION + "/xhr_send", SESSION + "/jsonp_send")) {
      router.post(path).handler(this::requireConnection);
      router.post(path).handler(body).failureHandler(this::failed);
    }
    router.post(SESSION + "/xhr_send").handler(this::xhrSend);
    router.post(SESSION + "/jsonp_send").handler(this::jsonpSend);
  }

  /** Forgets how sessions have ended; there is nobody left to ask. */
  void close() {
    byId.forEach(
        (id, connection) -> {
          if (connection.context().equals(context)) {
            byId.remove(id);
          }
        });
  }

  private Dialect dialect() {
    return new BridgeDialect(commands);
  }

  /** Gives a connection a response for what is for the client; makes the connection if need be. */
  private void listen(RoutingContext request, Kind kind) {
    String id = request.pathParam("session");
    if (!isId(id) || !isId(request.pathParam("server"))) {
      request.next();
      return;
    }
    String callback = callback(request.request());
    if ((kind == Kind.HTML_FILE || kind == Kind.JSONP) && !CALLBACK.matcher(callback).matches()) {
      String problem =
          callback.isEmpty()
              ? "\"callback\" parameter required\n"
              : "invalid \"callback\" parameter\n";
      text(request, 500, problem);
      return;
    }
    if (door.isGuessing(address(request))) {
      var response = new SockJsResponse(vertx, context, request.request(), kind, callback);
      response.refuse(SockJsFrames.close(CloseCode.TOO_MANY));
      return;
    }
    if (door.isDraining() && !byId.containsKey(id)) {
      // A balancer then tries another node.
      Problems.send(request, Refusal.unavailable("This node is stopping, connect again"));
      return;
    }
    SockJsConnection connection = connection(request, id);
    var response =
        new SockJsResponse(vertx, connection.context(), request.request(), kind, callback);
    connection.context().runOnContext(_ -> connection.attach(response));
  }

  private SockJsConnection connection(RoutingContext request, String id) {
    SockJsConnection present = byId.get(id);
    if (present != null) {
      return present;
    }
    door.noteGuess(address(request));
    var fresh = new SockJsConnection(id, byId, vertx, context, door, address(request));
    SockJsConnection other = byId.putIfAbsent(id, fresh);
    if (other != null) {
      return other;
    }
    fresh.open(dialect(), HttpApi.bearerToken(request));
    return fresh;
  }

  private static boolean isId(String id) {
    return !id.isEmpty() && id.length() <= MAX_ID && id.indexOf('.') < 0;
  }

  private static String callback(HttpServerRequest request) {
    return String.valueOf(request.getParam("callback", request.getParam("c", "")));
  }

  private ClientAddress address(RoutingContext request) {
    return ClientAddress.of(request.request(), behindProxy);
  }

  /** Answers at once, before the body is read, where a request cannot bring anything. */
  private void requireConnection(RoutingContext request) {
    SockJsConnection connection = find(request);
    if (connection == null) {
      refuseUnknown(request);
    } else if (connection.beginSending(request)) {
      request.addEndHandler(_ -> connection.endSending(request));
      request.next();
    } else {
      Problems.send(request, Refusal.rateLimited(RETRY_AFTER));
    }
  }

  /** The connection that a request is for; none for who has asked for too many that are not. */
  private @Nullable SockJsConnection find(RoutingContext request) {
    return door.isGuessing(address(request)) ? null : byId.get(request.pathParam("session"));
  }

  private void refuseUnknown(RoutingContext request) {
    ClientAddress address = address(request);
    boolean isGuessing = door.isGuessing(address);
    door.noteGuess(address);
    Problems.send(
        request,
        isGuessing
            ? Refusal.rateLimited(RETRY_AFTER)
            : Refusal.of(ErrorCode.NOT_FOUND, "There is no such session; connect anew"));
  }

  private void xhrSend(RoutingContext request) {
    Buffer body = request.body().buffer();
    receive(request, body == null ? Buffer.buffer() : body, 204, "");
  }

  /** A form with the field {@code d}, or the bare messages. */
  private void jsonpSend(RoutingContext request) {
    Buffer body = request.body().buffer();
    String form = request.request().getFormAttribute("d");
    if (form != null) {
      body = Buffer.buffer(form);
    }
    receive(request, body == null ? Buffer.buffer() : body, 200, "ok");
  }

  /** Brings the messages of a request to the session; answers once they are taken. */
  private void receive(RoutingContext request, Buffer body, int status, String answer) {
    SockJsConnection connection = byId.get(request.pathParam("session"));
    if (connection == null) {
      refuseUnknown(request);
      return;
    }
    if (body.length() == 0) {
      text(request, 500, "Payload expected.");
      return;
    }
    List<byte[]> frames;
    try {
      frames = SockJsFrames.payload(body.getBytes());
    } catch (Refusal refusal) {
      text(request, 500, refusal.text());
      return;
    }
    Context own = vertx.getOrCreateContext();
    connection
        .context()
        .runOnContext(
            _ -> {
              Future<Boolean> taken = Future.succeededFuture(frames).map(connection::receive);
              // Before the answer, upon which the client may send again.
              connection.endSending(request);
              own.runOnContext(_ -> answerSend(request, taken, status, answer));
            });
  }

  private void answerSend(
      RoutingContext request, AsyncResult<Boolean> taken, int status, String answer) {
    if (taken.failed()) {
      request.fail(taken.cause());
    } else if (taken.result()) {
      text(request, status, answer);
    } else {
      refuseUnknown(request);
    }
  }

  private void failed(RoutingContext request) {
    SockJsConnection connection = byId.get(request.pathParam("session"));
    if (request.statusCode() == 413 && connection != null) {
      connection.context().runOnContext(_ -> connection.tooLarge());
    }
    request.next();
  }

  private static void text(RoutingContext request, int status, String text) {
    if (!request.response().closed()) {
      uncached(request.response())
          .setStatusCode(status)
          .putHeader("Content-Type", "text/plain; charset=UTF-8")
          .end(text);
    }
  }

  static HttpServerResponse uncached(HttpServerResponse response) {
    return response.putHeader(
        "Cache-Control", "no-store, no-cache, no-transform, must-revalidate, max-age=0");
  }
}
