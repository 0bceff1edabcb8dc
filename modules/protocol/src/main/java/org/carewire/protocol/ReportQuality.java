package org.carewire.protocol;

/** {@code call:quality}: how well a participant receives the others. */
public record ReportQuality(CallId callId, CallMetrics metrics) implements Command.OfCall {

  static ReportQuality decode(Fields fields, Caller caller) {
    CallId callId = fields.requiredParsed("callId", CallId::new);
    Fields metrics = fields.object("metrics");
    if (metrics == null) {
      throw Refusal.badRequest("metrics", "metrics is required");
    }
    return new ReportQuality(callId, CallMetrics.decode(metrics));
  }
}
