package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.carewire.platform.Platform;
import org.carewire.protocol.CallChanged;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Command;
import org.carewire.protocol.Done;
import org.carewire.protocol.Endpoint;
import org.carewire.protocol.Json;
import org.carewire.protocol.SignalingEndpoints;
import org.carewire.rooms.Access;
import org.carewire.rooms.RoomLog;
import org.jspecify.annotations.Nullable;

/** Calls; one of several instances on a node. */
public final class SignalingVerticle extends VerticleBase {
  private final Platform platform;
  private final SignalingConfig config;
  private final int instance;
  private @Nullable QualitySamples samples;
  private @Nullable TellingEffects effects;

  /**
   * Serves as one of its instances.
   *
   * @param instance from 0, below the number of instances of the bus
   */
  public SignalingVerticle(Platform platform, SignalingConfig config, int instance) {
    this.platform = platform;
    this.config = config;
    this.instance = instance;
  }

  @Override
  public Future<?> start() {
    var pool = platform.pool();
    var clock = platform.clock();
    var machine = new CallMachine(config.rejoinTimeout());
    var saving = new SavingCalls(pool, new RoomLog(clock));
    var effectStore = new EffectStore(pool);
    var seats = new SeatStore(pool);
    var telling = new TellingEffects(vertx, platform, effectStore, seats);
    effects = telling;
    var calls = new Calls(vertx, platform, instance, machine, saving, telling);
    var replies = new CallReplies(config, clock);
    var rights = new RightsStore(pool);
    var callees = new Callees(rights, platform.limits(), config);
    var gathered = new QualitySamples(vertx, pool, platform.metrics());
    samples = gathered;
    var checking = new CheckingMembers(pool, rights, calls);
    platform.doubts().listen(_ -> context.runOnContext(_ -> calls.forgetAll()));
    platform.cluster().listen((_, _) -> context.runOnContext(_ -> calls.forgetAll()));
    if (instance == 0) {
      var sweeping =
          new SweepingCalls(vertx, platform, effectStore, seats, calls, checking, telling);
      sweeping.start();
      platform.doubts().listen(_ -> context.runOnContext(_ -> sweeping.doubt()));
      platform.cluster().listen((_, _) -> context.runOnContext(_ -> sweeping.doubt()));
      var anew = new MarkingAnew(seats, telling, platform.cluster());
      platform.lease().beforeTaking(() -> here(anew::mark));
    }

    var initiating =
        new InitiatingCalls(platform, config, callees, machine, calls, saving, checking, replies);
    var attending = new AttendingCalls(pool, calls, telling, replies);
    var signals = new RelayingSignals(platform.bus(), calls, clock);
    var quality = new ReportingQuality(calls, platform.deliveries(), gathered);
    var history =
        new ReadingCalls(
            new Access(pool, clock),
            new CallHistoryStore(pool),
            clock,
            platform.limits().pageBytes());
    return Future.all(
        List.of(
            serve(SignalingEndpoints.INITIATE_CALL, initiating::initiate),
            serve(SignalingEndpoints.ACCEPT_CALL, attending::accept),
            serve(SignalingEndpoints.REJECT_CALL, attending::reject),
            serve(SignalingEndpoints.JOIN_CALL, attending::join),
            serve(SignalingEndpoints.LEAVE_CALL, attending::leave),
            serve(SignalingEndpoints.END_CALL, attending::end),
            serve(SignalingEndpoints.SET_MEDIA, attending::setMedia),
            serve(SignalingEndpoints.LOSE_SESSION, attending::lose),
            serve(SignalingEndpoints.HOLD_CALL, attending::hold),
            serve(SignalingEndpoints.SIGNAL_CALL, signals::relay),
            serve(SignalingEndpoints.REPORT_QUALITY, quality::report),
            serve(SignalingEndpoints.READ_CALLS, history::read),
            serve(SignalingEndpoints.FIND_RINGING, new FindingRinging(pool)::find),
            serve(SignalingEndpoints.CHECK_MEMBERS, checking::check),
            serve(
                SignalingEndpoints.CALL_CHANGED,
                (_, changed) -> changedElsewhere(calls, changed))));
  }

  private static Future<Done> changedElsewhere(Calls calls, CallChanged changed) {
    calls.changedElsewhere(Json.read(changed.call().utf8(), Call.class));
    return Future.succeededFuture(Done.DONE);
  }

  /** Does it on the event loop of this instance. */
  private Future<?> here(Supplier<Future<?>> action) {
    Promise<Object> done = Promise.promise();
    context.runOnContext(_ -> action.get().<Object>mapEmpty().onComplete(done));
    return done.future();
  }

  /** Writes what is not written yet. */
  @Override
  public Future<?> stop() {
    return samples == null || effects == null
        ? Future.succeededFuture()
        : Future.join(samples.close(), effects.close());
  }

  private <C extends Command, R> Future<Void> serve(
      Endpoint<C, R> endpoint, BiFunction<Caller, C, Future<R>> handler) {
    return platform.bus().serve(instance, endpoint, handler);
  }
}
