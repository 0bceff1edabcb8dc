package org.carewire.protocol;

/**
 * {@code call:signal}: WebRTC's words from one participant to another, passed on as they are.
 *
 * @param number grows with each signal of the session, 0 as long as the gateway has not given one;
 *     one that comes again is dropped
 */
public record SignalCall(
    CallId callId, UserId recipient, RawJson signal, SignalType signalType, long number)
    implements Command.OfCall {

  static SignalCall decode(Fields fields, Caller caller) {
    return new SignalCall(
        fields.requiredParsed("callId", CallId::new),
        fields.requiredParsed("recipientId", UserId::new),
        fields.requiredJson("signal", fields.limits().signalBytes()),
        fields.requiredParsed("signalType", SignalType::parse),
        0);
  }

  public SignalCall numbered(long given) {
    return new SignalCall(callId, recipient, signal, signalType, given);
  }
}
