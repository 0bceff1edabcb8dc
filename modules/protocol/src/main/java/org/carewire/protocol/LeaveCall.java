package org.carewire.protocol;

/** {@code call:leave}: the caller of this leaves, and the others go on. */
public record LeaveCall(CallId callId) implements Command.OfCall {

  static LeaveCall decode(Fields fields, Caller caller) {
    return new LeaveCall(fields.requiredParsed("callId", CallId::new));
  }
}
