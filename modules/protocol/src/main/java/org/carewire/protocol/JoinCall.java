package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * {@code call:join}: comes into a call that goes on, or back into it with a new session.
 *
 * @param gateway where the session is held; absent as long as the gateway has not said it
 */
public record JoinCall(CallId callId, @Nullable GatewayAddress gateway) implements Command.OfCall {

  static JoinCall decode(Fields fields, Caller caller) {
    return new JoinCall(fields.requiredParsed("callId", CallId::new), null);
  }

  public JoinCall at(GatewayAddress address) {
    return new JoinCall(callId, address);
  }
}
