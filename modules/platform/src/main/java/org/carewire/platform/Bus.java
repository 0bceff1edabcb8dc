package org.carewire.platform;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The typed event bus, and the one place where a failed handler becomes an error for the asker: a
 * {@link Refusal} as it is, an outage as {@code UNAVAILABLE}, anything else logged once and {@code
 * INTERNAL}.
 *
 * <p>A service runs in several instances, each with addresses of its own. Commands about one room
 * always go to the same instance, which sees them in the order of sending; so do those about a
 * user's own state.
 */
public final class Bus {
  private static final Logger log = LoggerFactory.getLogger(Bus.class);
  private static final ParcelCodec CODEC = new ParcelCodec();
  private static final DeliveryOptions OPTIONS = new DeliveryOptions().setCodecName(CODEC.name());

  private final EventBus eventBus;
  private final int instances;
  private final MeterRegistry metrics;

  /**
   * @param instances how many instances of each service run on a node
   */
  public Bus(Vertx vertx, int instances, MeterRegistry metrics) {
    this.eventBus = vertx.eventBus();
    this.instances = instances;
    this.metrics = metrics;
    eventBus.registerCodec(CODEC);
  }

  /** Asks a service; fails with a {@link Refusal}, never with anything else. */
  public <C extends Command, R> Future<R> request(
      Endpoint<C, R> endpoint, Caller caller, Command command) {
    var options = new DeliveryOptions(OPTIONS).setSendTimeout(endpoint.timeout().toMillis());
    return eventBus
        .<Parcel>request(
            address(endpoint, instanceFor(caller, command)),
            Parcel.request(caller, command),
            options)
        .transform(
            reply ->
                reply.succeeded()
                    ? open(reply.result().body(), endpoint.reply())
                    : Future.failedFuture(unreachable(endpoint, reply.cause())));
  }

  /**
   * Serves an endpoint as one of its instances.
   *
   * @param instance from 0, below the number of instances
   */
  public <C extends Command, R> Future<Void> serve(
      int instance, Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    return eventBus
        .<Parcel>consumer(address(endpoint, instance))
        .handler(message -> answer(message, endpoint, handler))
        .completion();
  }

  /** Sends to everyone who listens at the address; best effort. */
  void publish(String address, Object value) {
    eventBus.publish(address, Parcel.of(value), OPTIONS);
  }

  <T> Future<Void> listen(String address, Class<T> type, Consumer<T> handler) {
    return eventBus
        .<Parcel>consumer(address)
        .handler(message -> handler.accept(message.body().open(type)))
        .completion();
  }

  private <C extends Command, R> void answer(
      Message<Parcel> message, Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    Timer.Sample sample = Timer.start(metrics);
    handle(message.body(), endpoint, handler)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                message.reply(Parcel.of(done.result()), OPTIONS);
                stop(sample, endpoint, "OK");
              } else {
                Refusal refusal = toRefusal(endpoint, done.cause());
                message.reply(Parcel.refusal(RefusalBody.of(refusal)), OPTIONS);
                stop(sample, endpoint, refusal.code().name());
              }
            });
  }

  private static <C extends Command, R> Future<R> handle(
      Parcel request, Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    Caller caller = request.caller();
    if (caller == null) {
      return Future.failedFuture(new IllegalStateException("A request without a caller"));
    }
    try {
      return handler.apply(caller, request.open(endpoint.command()));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
  }

  private static Refusal toRefusal(Endpoint<?, ?> endpoint, Throwable failure) {
    if (failure instanceof Refusal refusal) {
      return refusal;
    }
    if (Outage.is(failure) || Conflicts.is(failure)) {
      log.atWarn()
          .addKeyValue("endpoint", endpoint.address())
          .addKeyValue("cause", failure.getClass().getSimpleName())
          .log("request.unavailable");
      return Refusal.unavailable("The service is not available, try again");
    }
    log.atError()
        .addKeyValue("endpoint", endpoint.address())
        .setCause(Faults.withoutTexts(failure))
        .log("request.failed");
    return Refusal.of(ErrorCode.INTERNAL, "Something went wrong on the server");
  }

  private static <R> Future<R> open(Parcel reply, Class<R> type) {
    return reply.refused()
        ? Future.failedFuture(reply.open(RefusalBody.class).toRefusal())
        : Future.succeededFuture(reply.open(type));
  }

  private static Refusal unreachable(Endpoint<?, ?> endpoint, Throwable cause) {
    ReplyFailure failure = cause instanceof ReplyException e ? e.failureType() : ReplyFailure.ERROR;
    log.atWarn()
        .addKeyValue("endpoint", endpoint.address())
        .addKeyValue("cause", failure)
        .log("request.unanswered");
    return Refusal.unavailable("The service did not answer in time, try again");
  }

  private void stop(Timer.Sample sample, Endpoint<?, ?> endpoint, String code) {
    sample.stop(metrics.timer("carewire.requests", "endpoint", endpoint.address(), "code", code));
  }

  private int instanceFor(Caller caller, Command command) {
    return switch (command) {
      case Command.InRoom inRoom -> instanceFor(caller, inRoom.room().names());
      case Command.OfUser _ -> instanceFor(caller, caller.user());
      default -> ThreadLocalRandom.current().nextInt(instances);
    };
  }

  private int instanceFor(Caller caller, Object key) {
    return Math.floorMod(31 * caller.tenant().hashCode() + key.hashCode(), instances);
  }

  private static String address(Endpoint<?, ?> endpoint, int instance) {
    return endpoint.address() + "." + instance;
  }
}
