package org.carewire.protocol;

import java.time.Duration;

/** What the signaling verticle serves. */
public final class SignalingEndpoints {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  /** The gateway tries again, in order. */
  private static final Duration SIGNAL_TIMEOUT = Duration.ofSeconds(2);

  public static final Endpoint<InitiateCall, CallInitiated> INITIATE_CALL =
      endpoint("signaling.initiateCall", InitiateCall.class, CallInitiated.class);
  public static final Endpoint<AcceptCall, CallJoined> ACCEPT_CALL =
      endpoint("signaling.acceptCall", AcceptCall.class, CallJoined.class);
  public static final Endpoint<RejectCall, CallOver> REJECT_CALL =
      endpoint("signaling.rejectCall", RejectCall.class, CallOver.class);
  public static final Endpoint<JoinCall, CallJoined> JOIN_CALL =
      endpoint("signaling.joinCall", JoinCall.class, CallJoined.class);
  public static final Endpoint<LeaveCall, CallJoined> LEAVE_CALL =
      endpoint("signaling.leaveCall", LeaveCall.class, CallJoined.class);
  public static final Endpoint<EndCall, CallOver> END_CALL =
      endpoint("signaling.endCall", EndCall.class, CallOver.class);
  public static final Endpoint<SignalCall, SignalDelivered> SIGNAL_CALL =
      new Endpoint<>(
          "signaling.signalCall", SignalCall.class, SignalDelivered.class, SIGNAL_TIMEOUT);
  public static final Endpoint<SetCallMedia, Done> SET_MEDIA =
      endpoint("signaling.setMedia", SetCallMedia.class, Done.class);
  public static final Endpoint<ReportQuality, QualityReported> REPORT_QUALITY =
      endpoint("signaling.reportQuality", ReportQuality.class, QualityReported.class);
  public static final Endpoint<ReadCalls, CallList> READ_CALLS =
      endpoint("signaling.readCalls", ReadCalls.class, CallList.class);
  public static final Endpoint<LoseCallSession, Done> LOSE_SESSION =
      endpoint("signaling.loseSession", LoseCallSession.class, Done.class);
  public static final Endpoint<HoldCall, Done> HOLD_CALL =
      endpoint("signaling.holdCall", HoldCall.class, Done.class);
  public static final Endpoint<FindRinging, RingingFound> FIND_RINGING =
      endpoint("signaling.findRinging", FindRinging.class, RingingFound.class);
  public static final Endpoint<CheckCallMembers, Done> CHECK_MEMBERS =
      endpoint("signaling.checkMembers", CheckCallMembers.class, Done.class);
  public static final Endpoint<CallChanged, Done> CALL_CHANGED =
      endpoint("signaling.callChanged", CallChanged.class, Done.class);

  private SignalingEndpoints() {}

  private static <C extends Command, R> Endpoint<C, R> endpoint(
      String address, Class<C> command, Class<R> reply) {
    return new Endpoint<>(address, command, reply, TIMEOUT);
  }
}
