package org.carewire.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.util.function.Function;
import org.carewire.platform.Bus;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ChatEndpoints;
import org.carewire.protocol.Command;
import org.carewire.protocol.DisconnectUser;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.Fields;
import org.carewire.protocol.GetGroup;
import org.carewire.protocol.GetPresence;
import org.carewire.protocol.GetVisit;
import org.carewire.protocol.GroupId;
import org.carewire.protocol.Json;
import org.carewire.protocol.Limits;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.PutGroup;
import org.carewire.protocol.PutVisit;
import org.carewire.protocol.ReadHistory;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.VisitId;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1}: JSON in and out, a bearer token on every request. Its description is {@code
 * api/openapi.yaml}.
 */
final class HttpApi {
  static final String BASE = "/api/v1";

  private static final String BEARER = "Bearer ";
  static final int OK = 200;
  private static final int CREATED = 201;
  static final int ACCEPTED = 202;
  static final int NO_CONTENT = 204;

  /** Reads a request into what is asked; throws a {@link Refusal} where it cannot. */
  interface Reader<C extends Command> {
    C read(RoutingContext context);
  }

  private final Bus bus;
  private final Limits limits;
  private final Authentication authentication;
  private final SharedLimits shared;
  private final boolean behindProxy;

  /**
   * The API.
   *
   * @param behindProxy whether a proxy tells where clients come from
   */
  HttpApi(
      Bus bus,
      Limits limits,
      Authentication authentication,
      SharedLimits shared,
      boolean behindProxy) {
    this.bus = bus;
    this.limits = limits;
    this.authentication = authentication;
    this.shared = shared;
    this.behindProxy = behindProxy;
  }

  void mount(Router router) {
    router.route(BASE + "/*").handler(BodyHandler.create(false).setBodyLimit(limits.frameBytes()));

    serve(
        router,
        HttpMethod.PUT,
        "/visits/:visitId",
        ChatEndpoints.PUT_VISIT,
        context -> PutVisit.decode(path(context, "visitId", VisitId::new), body(context)),
        put -> put.created() ? CREATED : OK,
        put -> put.visit());
    serve(
        router,
        HttpMethod.GET,
        "/visits/:visitId",
        ChatEndpoints.GET_VISIT,
        context -> new GetVisit(path(context, "visitId", VisitId::new)),
        _ -> OK,
        visit -> visit);
    serve(
        router,
        HttpMethod.PUT,
        "/groups/:groupId",
        ChatEndpoints.PUT_GROUP,
        context -> PutGroup.decode(path(context, "groupId", GroupId::new), body(context)),
        put -> put.created() ? CREATED : OK,
        put -> put.group());
    serve(
        router,
        HttpMethod.GET,
        "/groups/:groupId",
        ChatEndpoints.GET_GROUP,
        context -> new GetGroup(path(context, "groupId", GroupId::new)),
        _ -> OK,
        group -> group);
    serve(
        router,
        HttpMethod.GET,
        "/rooms/:roomId/messages",
        ChatEndpoints.READ_HISTORY,
        context -> ReadHistory.page(path(context, "roomId", RoomId::parse), query(context)),
        _ -> OK,
        history -> history);
    serve(
        router,
        HttpMethod.GET,
        "/users/:userId/presence",
        PresenceEndpoints.GET_PRESENCE,
        context -> new GetPresence(path(context, "userId", UserId::new)),
        _ -> OK,
        presence -> presence);
    serve(
        router,
        HttpMethod.POST,
        "/users/:userId/disconnect",
        ChatEndpoints.DISCONNECT_USER,
        context -> DisconnectUser.decode(path(context, "userId", UserId::new), body(context)),
        _ -> NO_CONTENT,
        done -> done);
    NotificationRoutes.mount(router, this);
  }

  /**
   * Serves requests of one kind.
   *
   * @param status of the answer to what the reply says
   * @param view of the reply, as it is answered
   */
  <C extends Command, R> void serve(
      Router router,
      HttpMethod method,
      String path,
      Endpoint<C, R> endpoint,
      Reader<C> reader,
      Function<R, Integer> status,
      Function<R, Object> view) {
    router
        .route(method, BASE + path)
        .handler(
            context ->
                authenticate(context)
                    .compose(caller -> ask(endpoint, caller, reader, context))
                    .onSuccess(reply -> send(context, status.apply(reply), view.apply(reply)))
                    .onFailure(failure -> fail(context, failure)));
  }

  private Future<Caller> authenticate(RoutingContext context) {
    return authentication
        .verify(bearerToken(context), ClientAddress.of(context.request(), behindProxy))
        .map(principal -> principal.caller(null, null));
  }

  private <C extends Command, R> Future<R> ask(
      Endpoint<C, R> endpoint, Caller caller, Reader<C> reader, RoutingContext context) {
    shared.countApiRequest(caller);
    return bus.request(endpoint, caller, reader.read(context));
  }

  static @Nullable String bearerToken(RoutingContext context) {
    String header = context.request().getHeader("Authorization");
    return header == null ? null : bearerToken(header);
  }

  /** The token of an {@code Authorization} header; absent where it is of another kind. */
  static @Nullable String bearerToken(String authorization) {
    boolean isBearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    return isBearer ? authorization.substring(BEARER.length()).trim() : null;
  }

  static void send(RoutingContext context, int status, Object body) {
    if (status == NO_CONTENT) {
      context.response().setStatusCode(status).end();
      return;
    }
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(Buffer.buffer(Json.write(body)));
  }

  static void fail(RoutingContext context, Throwable failure) {
    if (failure instanceof Refusal refusal) {
      Problems.send(context, refusal);
    } else {
      context.fail(failure);
    }
  }

  static <T> T path(RoutingContext context, String name, Function<String, T> parser) {
    try {
      return parser.apply(context.pathParam(name));
    } catch (Refusal refusal) {
      throw refusal.at(name);
    }
  }

  Fields body(RoutingContext context) {
    return body(context, limits);
  }

  static Fields body(RoutingContext context, Limits limits) {
    Buffer buffer = context.body().buffer();
    try {
      JsonNode json = buffer == null ? null : Json.read(buffer.getBytes());
      if (json == null || !json.isObject()) {
        throw Refusal.badRequest("The body must be a JSON object");
      }
      return Fields.of(json, limits);
    } catch (IOException e) {
      throw Refusal.badRequest("The body is not JSON");
    }
  }

  /** The query's parameters; what looks like a whole number is one. */
  Fields query(RoutingContext context) {
    return Fields.of(QueryJson.of(context.queryParams()), limits);
  }
}
