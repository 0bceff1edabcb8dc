package org.carewire.gateway;

import static org.carewire.gateway.HttpApi.ACCEPTED;
import static org.carewire.gateway.HttpApi.NO_CONTENT;
import static org.carewire.gateway.HttpApi.OK;
import static org.carewire.gateway.HttpApi.path;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.carewire.protocol.CancelNotification;
import org.carewire.protocol.DeletePushSubscription;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.GetPushKey;
import org.carewire.protocol.IdempotencyKey;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.PostNotifications;
import org.carewire.protocol.PostToTopic;
import org.carewire.protocol.PutPushSubscription;
import org.carewire.protocol.ReadDeadLetters;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Topic;
import org.jspecify.annotations.Nullable;

/** The part of the API that is about notifications, and pushes of them. */
final class NotificationRoutes {
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  private static final String SUBSCRIPTION = "/push/subscriptions/:deviceId";

  private NotificationRoutes() {}

  static void mount(Router router, HttpApi api) {
    post(router, api);
    push(router, api);
  }

  private static void post(Router router, HttpApi api) {
    api.serve(
        router,
        HttpMethod.POST,
        "/notifications",
        NotificationEndpoints.POST,
        context -> PostNotifications.decode(api.body(context), idempotencyKey(context)),
        _ -> ACCEPTED,
        posted -> posted);
    api.serve(
        router,
        HttpMethod.POST,
        "/topics/:topic/notifications",
        NotificationEndpoints.POST_TO_TOPIC,
        context ->
            PostToTopic.decode(
                path(context, "topic", Topic::new), api.body(context), idempotencyKey(context)),
        _ -> ACCEPTED,
        posted -> posted);
    api.serve(
        router,
        HttpMethod.DELETE,
        "/notifications/:id",
        NotificationEndpoints.CANCEL,
        context -> new CancelNotification(path(context, "id", EntryId::parse)),
        _ -> NO_CONTENT,
        done -> done);
  }

  private static void push(Router router, HttpApi api) {
    api.serve(
        router,
        HttpMethod.GET,
        "/push/key",
        NotificationEndpoints.GET_PUSH_KEY,
        _ -> new GetPushKey(),
        _ -> OK,
        key -> key);
    api.serve(
        router,
        HttpMethod.PUT,
        SUBSCRIPTION,
        NotificationEndpoints.PUT_PUSH_SUBSCRIPTION,
        context -> PutPushSubscription.decode(device(context), api.body(context)),
        _ -> NO_CONTENT,
        done -> done);
    api.serve(
        router,
        HttpMethod.DELETE,
        SUBSCRIPTION,
        NotificationEndpoints.DELETE_PUSH_SUBSCRIPTION,
        context -> new DeletePushSubscription(device(context)),
        _ -> NO_CONTENT,
        done -> done);
    api.serve(
        router,
        HttpMethod.GET,
        "/push/dead-letters",
        NotificationEndpoints.READ_DEAD_LETTERS,
        context -> ReadDeadLetters.decode(api.query(context)),
        _ -> OK,
        letters -> letters);
  }

  private static DeviceId device(RoutingContext context) {
    return path(context, "deviceId", DeviceId::new);
  }

  private static @Nullable IdempotencyKey idempotencyKey(RoutingContext context) {
    String header = context.request().getHeader(IDEMPOTENCY_KEY);
    try {
      return header == null ? null : new IdempotencyKey(header);
    } catch (Refusal refusal) {
      throw refusal.at(IDEMPOTENCY_KEY);
    }
  }
}
