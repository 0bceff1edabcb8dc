package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@code call:accept}: answers a call with this session.
 *
 * @param gateway where the session is held; absent as long as the gateway has not said it
 */
public record AcceptCall(CallId callId, @Nullable GatewayAddress gateway)
    implements Command.OfCall {

  static AcceptCall decode(Fields fields, Caller caller) {
    return new AcceptCall(fields.requiredParsed("callId", CallId::new), null);
  }

  public AcceptCall at(GatewayAddress address) {
    return new AcceptCall(callId, address);
  }
}
