package org.carewire.signaling;

import java.time.Clock;
import java.util.List;
import org.carewire.protocol.CallInitiated;
import org.carewire.protocol.CallJoined;
import org.carewire.protocol.CallOver;
import org.carewire.protocol.CallStatus;
import org.carewire.protocol.Caller;
import org.carewire.protocol.IceServer;
import org.carewire.protocol.SfuAccess;
import org.jspecify.annotations.Nullable;

/** What is answered to those who are in calls, with what they need to send each other media. */
final class CallReplies {
  private final IceServers iceServers;
  private final @Nullable SfuTokens sfu;
  private final Clock clock;

  CallReplies(SignalingConfig config, Clock clock) {
    this.iceServers = new IceServers(config, clock);
    this.sfu = config.sfu() == null ? null : new SfuTokens(config.sfu());
    this.clock = clock;
  }

  CallInitiated initiated(Call call, Caller caller) {
    return new CallInitiated(
        call.id(), call.status(clock.instant()), servers(call, caller), access(call, caller));
  }

  /** The caller has answered the call by calling who calls it. */
  CallInitiated met(Call call, Caller caller) {
    return new CallInitiated(
        call.id(), CallStatus.ACCEPTED, servers(call, caller), access(call, caller));
  }

  CallJoined accepted(Call call, Caller caller) {
    return joined(call, caller, CallStatus.ACCEPTED);
  }

  CallJoined joined(Call call, Caller caller) {
    return joined(call, caller, call.status(clock.instant()));
  }

  private CallJoined joined(Call call, Caller caller, CallStatus status) {
    return new CallJoined(
        call.id(), status, call.participants(), servers(call, caller), access(call, caller));
  }

  CallJoined left(Call call) {
    return new CallJoined(
        call.id(), call.status(clock.instant()), call.participants(), List.of(), null);
  }

  CallOver rejected(Call call) {
    return new CallOver(call.id(), CallStatus.REJECTED, null);
  }

  CallOver ended(Call call) {
    return new CallOver(call.id(), CallStatus.ENDED, call.duration(clock.instant()));
  }

  private List<IceServer> servers(Call call, Caller caller) {
    return iceServers.of(call.id(), call.indexOf(caller.user()));
  }

  private @Nullable SfuAccess access(Call call, Caller caller) {
    return sfu == null || !call.overSfu()
        ? null
        : sfu.access(call.id(), caller.user(), clock.instant());
  }
}
