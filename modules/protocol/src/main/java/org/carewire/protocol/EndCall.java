package org.carewire.protocol;

/** {@code call:end}: ends a call for everyone. */
public record EndCall(CallId callId) implements Command.OfCall {

  static EndCall decode(Fields fields, Caller caller) {
    return new EndCall(fields.requiredParsed("callId", CallId::new));
  }
}
