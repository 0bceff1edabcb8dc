package org.carewire.loadtests;

import java.util.Set;

/** Two users with a visit, one of whom calls the other again and again. */
final class CallPair {
  /** What a server may say that has too much to do. */
  private static final Set<String> BUSY = Set.of("UNAVAILABLE", "RATE_LIMITED");

  private final Calls calls;
  private final CallerSession caller;
  private final CalleeSession callee;
  private final Api.Put visit;
  private int call;
  private int ended;
  private long due;
  private boolean underWay;
  private boolean ending;
  private boolean retired;
  private boolean faulty;

  CallPair(Calls calls, int number, int signals) {
    String patient = "patient-" + number;
    String provider = "provider-" + number;
    String id = "v" + number;
    this.calls = calls;
    this.visit = Api.Put.visit(id, patient, provider);
    this.caller = new CallerSession(this, provider, patient, id, signals);
    this.callee = new CalleeSession(this, patient, provider, signals);
  }

  Api.Put visit() {
    return visit;
  }

  CallerSession caller() {
    return caller;
  }

  CalleeSession callee() {
    return callee;
  }

  boolean isGreeted() {
    return caller.isGreeted() && callee.isGreeted();
  }

  /** One more call, as the one before is over. */
  void initiate(long dueAt) {
    due = dueAt;
    underWay = true;
    ending = false;
    call++;
    callee.begin(call);
    caller.initiate(call);
  }

  /** The caller knows that the callee has accepted. */
  void setUp() {
    calls.setUp(due);
  }

  void signalCame(long sentAt) {
    calls.signalCame(sentAt);
  }

  /** Something has come on which the next step may depend. */
  void goOn() {
    if (!underWay) {
      return;
    }
    if (!ending && caller.isReadyToEnd() && callee.isReadyToEnd()) {
      ending = true;
      caller.end();
    } else if (ending && caller.isOver() && callee.isOver()) {
      underWay = false;
      ended++;
      calls.ended(
          this,
          caller.lackingSignals() + callee.lackingSignals(),
          caller.lackingNews() + callee.lackingNews());
    }
  }

  /** What the two know of the call is not sure any more, so it is their last one. */
  void refused(String code) {
    if (underWay) {
      underWay = false;
      retired = true;
      faulty = !BUSY.contains(code);
      calls.refused(code);
    }
  }

  /** Whether both have the record of each call that is over. */
  boolean hasRecords() {
    return retired || (caller.records() == ended && callee.records() == ended);
  }

  void addTo(CallVerdict verdict) {
    if (faulty) {
      verdict.faulty();
    } else if (retired) {
      verdict.refused();
    }
    if (retired) {
      return;
    }
    if (underWay) {
      verdict.unfinished();
    }
    caller.addTo(verdict, ended);
    callee.addTo(verdict, ended);
  }
}
