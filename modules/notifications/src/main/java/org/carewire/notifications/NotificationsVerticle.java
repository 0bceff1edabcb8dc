package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.function.BiFunction;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.PushKey;
import org.carewire.protocol.Refusal;

/** Notifications; one of several instances on a node. */
public final class NotificationsVerticle extends VerticleBase {
  private final Platform platform;
  private final NotificationsConfig config;
  private final int instance;

  /**
   * Serves as one of its instances.
   *
   * @param instance from 0, below the number of instances of the bus
   */
  public NotificationsVerticle(Platform platform, NotificationsConfig config, int instance) {
    this.platform = platform;
    this.config = config;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    return Future.all(List.of(serve(NotificationEndpoints.GET_PUSH_KEY, (_, _) -> pushKey())));
  }

  private Future<PushKey> pushKey() {
    return Future.failedFuture(
        Refusal.of(
            ErrorCode.NOT_FOUND, config.webPush() == null ? "Web Push is off" : "There is no key"));
  }

  private <C extends Command, R> Future<Void> serve(
      Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    return platform.bus().serve(instance, endpoint, handler);
  }
}
