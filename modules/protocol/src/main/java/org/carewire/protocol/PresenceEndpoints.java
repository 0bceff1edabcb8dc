package org.carewire.protocol;

import java.time.Duration;

/** What the presence verticle serves. */
public final class PresenceEndpoints {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public static final Endpoint<ReadPresences, PresenceStates> READ_PRESENCES =
      endpoint("presence.readPresences", ReadPresences.class, PresenceStates.class);
  public static final Endpoint<RefreshPresences, PresenceStates> REFRESH_PRESENCES =
      endpoint("presence.refreshPresences", RefreshPresences.class, PresenceStates.class);
  public static final Endpoint<GetPresence, Presence> GET_PRESENCE =
      endpoint("presence.getPresence", GetPresence.class, Presence.class);
  public static final Endpoint<SetStatus, Done> SET_STATUS =
      endpoint("presence.setStatus", SetStatus.class, Done.class);
  public static final Endpoint<PutSession, SessionPut> PUT_SESSION =
      endpoint("presence.putSession", PutSession.class, SessionPut.class);
  public static final Endpoint<EndSession, UserSettled> END_SESSION =
      endpoint("presence.endSession", EndSession.class, UserSettled.class);
  public static final Endpoint<SettleUser, UserSettled> SETTLE_USER =
      endpoint("presence.settleUser", SettleUser.class, UserSettled.class);
  public static final Endpoint<MarkCall, Done> MARK_CALL =
      endpoint("presence.markCall", MarkCall.class, Done.class);

  private PresenceEndpoints() {}

  private static <C extends Command, R> Endpoint<C, R> endpoint(
      String address, Class<C> command, Class<R> reply) {
    return new Endpoint<>(address, command, reply, TIMEOUT);
  }
}
