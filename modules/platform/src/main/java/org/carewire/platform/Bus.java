package org.carewire.platform;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.GatewayAddress;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The typed event bus, and the one place where a failed handler becomes an error for the asker: a
 * {@link Refusal} as it is, an outage as {@code UNAVAILABLE}, anything else logged once and {@code
 * INTERNAL}.
 *
 * <p>A service runs in several instances, each with addresses of its own. Commands about one room
 * always go to the same instance, which sees them in the order of sending; so do those about a
 * user's own state. Requests stay on their node where it runs the service; else one goes to a node
 * that does, chosen in the same way.
 *
 * <p>In the cluster a node has two addresses, whatever its clients do: one for requests and one for
 * what its gateway is told. All others are known to itself alone.
 */
public final class Bus {
  private static final Logger log = LoggerFactory.getLogger(Bus.class);
  private static final ParcelCodec CODEC = new ParcelCodec();
  private static final DeliveryOptions WITHIN =
      new DeliveryOptions().setCodecName(CODEC.name()).setLocalOnly(true);
  private static final DeliveryOptions BETWEEN = new DeliveryOptions().setCodecName(CODEC.name());

  /** In requests from other nodes: the endpoint's address. */
  private static final String ENDPOINT = "endpoint";

  /** And what chooses the instance, where that does not matter nothing. */
  private static final String KEY = "key";

  /** And for how many milliseconds the asker waits. */
  private static final String TIMEOUT = "timeout";

  /** How often another node is told where it does not answer. */
  private static final int TELLING_ATTEMPTS = 3;

  /** The failure code of a node that does not serve. */
  private static final int NOBODY = 1;

  private final EventBus eventBus;
  private final Cluster cluster;
  private final int instances;
  private final MeterRegistry metrics;

  /**
   * A node's.
   *
   * @param instances how many instances of each service run on the node
   */
  public Bus(Vertx vertx, Cluster cluster, int instances, MeterRegistry metrics) {
    this.eventBus = vertx.eventBus();
    this.cluster = cluster;
    this.instances = instances;
    this.metrics = metrics;
    eventBus.registerCodec(CODEC);
  }

  /** Serves the requests of nodes that do not have this one's roles. */
  public Future<Void> open() {
    return cluster.isClustered()
        ? eventBus.<Parcel>consumer(services(cluster.self())).handler(this::passOn).completion()
        : Future.succeededFuture();
  }

  /** Asks a service; fails with a {@link Refusal}, never with anything else. */
  public <C extends Command, R> Future<R> request(
      Endpoint<C, R> endpoint, Caller caller, Command command) {
    return opened(endpoint, send(endpoint, caller, command));
  }

  private static <R> Future<R> opened(Endpoint<?, R> endpoint, Future<Message<Parcel>> reply) {
    return reply.transform(
        done ->
            done.succeeded()
                ? open(done.result().body(), endpoint.reply())
                : Future.failedFuture(unreachable(endpoint, done.cause())));
  }

  /** A node asks itself, if it can. */
  private Future<Message<Parcel>> send(Endpoint<?, ?> endpoint, Caller caller, Command command) {
    Parcel request = Parcel.request(caller, command);
    long timeout = endpoint.timeout().toMillis();
    Integer key = key(caller, command);
    NodeRole role = NodeRole.serving(endpoint);
    if (cluster.does(role)) {
      return eventBus.request(
          address(endpoint.address(), key), request, within().setSendTimeout(timeout));
    }
    return send(cluster.others(role), key, request, options(endpoint, key));
  }

  /** Asks the next node where one does not serve yet, or no more. */
  private Future<Message<Parcel>> send(
      List<NodeId> nodes, @Nullable Integer key, Parcel request, DeliveryOptions options) {
    NodeId node = Rendezvous.choose(nodes, key);
    if (node == null) {
      return Future.failedFuture(new ReplyException(ReplyFailure.NO_HANDLERS));
    }
    sent("request").increment();
    return eventBus
        .<Parcel>request(services(node), request, options)
        .recover(
            failure ->
                isNobodyThere(failure)
                    ? send(
                        nodes.stream().filter(other -> !other.equals(node)).toList(),
                        key,
                        request,
                        options)
                    : Future.failedFuture(failure));
  }

  /** Whether a command comes to that instance, on a node that serves it. */
  public boolean goesTo(int instance, Caller caller, Command command) {
    Integer key = key(caller, command);
    return key != null && Math.floorMod(key, instances) == instance;
  }

  /** Asks the gateway that holds a session; fails as {@link #request} does. */
  public <C extends Command, R> Future<R> requestAt(
      GatewayAddress gateway, Endpoint<C, R> endpoint, Caller caller, Command command) {
    Parcel request = Parcel.request(caller, command);
    long timeout = endpoint.timeout().toMillis();
    var node = new NodeId(gateway.node());
    Future<Message<Parcel>> reply =
        node.equals(cluster.self())
            ? eventBus.request(
                address(endpoint.address(), gateway.instance()),
                request,
                within().setSendTimeout(timeout))
            : ask(node, endpoint, gateway.instance(), request);
    return opened(endpoint, reply);
  }

  /**
   * Tells all other nodes that do the role of those who serve the endpoint.
   *
   * @return done when all have answered or are gone; never fails
   */
  public Future<Void> tellOthers(Endpoint<?, ?> endpoint, Caller caller, Command command) {
    Parcel request = Parcel.request(caller, command);
    NodeRole role = NodeRole.serving(endpoint);
    return Future.join(
            cluster.others(role).stream()
                .map(node -> tell(node, endpoint, key(caller, command), request, TELLING_ATTEMPTS))
                .toList())
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  /**
   * Asks every node that does the role of those who serve the endpoint, this one too.
   *
   * @return what those said who have answered; never fails
   */
  public <C extends Command, R> Future<List<R>> requestAll(
      Endpoint<C, R> endpoint, Caller caller, C command) {
    NodeRole role = NodeRole.serving(endpoint);
    Parcel request = Parcel.request(caller, command);
    var answers = new ArrayList<Future<R>>();
    if (cluster.does(role)) {
      answers.add(request(endpoint, caller, command));
    }
    cluster
        .others(role)
        .forEach(
            node ->
                answers.add(opened(endpoint, ask(node, endpoint, key(caller, command), request))));
    return Future.join(answers)
        .transform(
            _ ->
                Future.succeededFuture(
                    answers.stream().filter(Future::succeeded).map(Future::result).toList()));
  }

  private Future<Message<Parcel>> tell(
      NodeId node, Endpoint<?, ?> endpoint, @Nullable Integer key, Parcel request, int attempts) {
    return ask(node, endpoint, key, request)
        .recover(
            failure ->
                attempts > 1 && cluster.others(NodeRole.serving(endpoint)).contains(node)
                    ? tell(node, endpoint, key, request, attempts - 1)
                    : Future.failedFuture(failure));
  }

  private Future<Message<Parcel>> ask(
      NodeId node, Endpoint<?, ?> endpoint, @Nullable Integer key, Parcel request) {
    sent("request").increment();
    return eventBus.request(services(node), request, options(endpoint, key));
  }

  private static DeliveryOptions options(Endpoint<?, ?> endpoint, @Nullable Integer key) {
    long timeout = endpoint.timeout().toMillis();
    DeliveryOptions options =
        between()
            .setSendTimeout(timeout)
            .addHeader(ENDPOINT, endpoint.address())
            .addHeader(TIMEOUT, Long.toString(timeout));
    return key == null ? options : options.addHeader(KEY, key.toString());
  }

  private static boolean isNobodyThere(Throwable failure) {
    return failure instanceof ReplyException e
        && (e.failureType() == ReplyFailure.NO_HANDLERS || e.failureCode() == NOBODY);
  }

  private void passOn(Message<Parcel> message) {
    String key = message.headers().get(KEY);
    String address =
        address(message.headers().get(ENDPOINT), key == null ? null : Integer.valueOf(key));
    eventBus
        .<Parcel>request(
            address,
            message.body(),
            within().setSendTimeout(Long.parseLong(message.headers().get(TIMEOUT))))
        .onSuccess(reply -> message.reply(reply.body(), between()))
        .onFailure(
            failure ->
                message.fail(
                    isNobodyThere(failure) ? NOBODY : 0, failure.getClass().getSimpleName()));
  }

  /**
   * Serves an endpoint as one of its instances.
   *
   * @param instance from 0, below the number of instances
   */
  public <C extends Command, R> Future<Void> serve(
      int instance, Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    return eventBus
        .<Parcel>localConsumer(endpoint.address() + "." + instance)
        .handler(message -> answer(message, endpoint, handler))
        .completion();
  }

  /** Tells everyone on this node who listens at the address. */
  void publish(String address, Object value) {
    eventBus.publish(address, Parcel.of(value), WITHIN);
  }

  <T> Future<Void> listen(String address, Class<T> type, Consumer<T> handler) {
    return eventBus
        .<Parcel>localConsumer(address)
        .handler(message -> handler.accept(message.body().open(type)))
        .completion();
  }

  /**
   * Sends to the gateway of another node; best effort.
   *
   * @param kind as the metric names it
   */
  void sendToGateway(NodeId node, Object value, String kind) {
    sent(kind).increment();
    eventBus.send(gateway(node), Parcel.of(value), BETWEEN);
  }

  /** Receives what other nodes send to this one's gateway. */
  <T> Future<Void> receive(Class<T> type, Consumer<T> handler) {
    return eventBus
        .<Parcel>consumer(gateway(cluster.self()))
        .handler(message -> handler.accept(message.body().open(type)))
        .completion();
  }

  private Counter sent(String kind) {
    return metrics.counter("carewire.bus.sent", "kind", kind);
  }

  private static DeliveryOptions within() {
    return new DeliveryOptions(WITHIN);
  }

  private static DeliveryOptions between() {
    return new DeliveryOptions(BETWEEN);
  }

  private static String services(NodeId node) {
    return "services." + node;
  }

  private static String gateway(NodeId node) {
    return "gateway." + node;
  }

  private <C extends Command, R> void answer(
      Message<Parcel> message, Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    Timer.Sample sample = Timer.start(metrics);
    handle(message.body(), endpoint, handler)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                message.reply(Parcel.of(done.result()), WITHIN);
                stop(sample, endpoint, "OK");
              } else {
                Refusal refusal = toRefusal(endpoint, done.cause());
                message.reply(Parcel.refusal(RefusalBody.of(refusal)), WITHIN);
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

  /** What chooses the instance; absent where any will do. */
  private static @Nullable Integer key(Caller caller, Command command) {
    return switch (command) {
      case Command.InRoom inRoom -> key(caller, inRoom.room().names());
      case Command.OfUser _ -> key(caller, caller.user());
      case Command.OfCall ofCall -> key(caller, ofCall.callId());
      default -> null;
    };
  }

  private static int key(Caller caller, Object of) {
    return 31 * caller.tenant().hashCode() + of.hashCode();
  }

  private String address(String endpoint, @Nullable Integer key) {
    int instance =
        key == null
            ? ThreadLocalRandom.current().nextInt(instances)
            : Math.floorMod(key, instances);
    return endpoint + "." + instance;
  }
}
