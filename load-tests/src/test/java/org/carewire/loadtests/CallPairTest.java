package org.carewire.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code load-tests/run calls} would say of a server that does wrong. */
class CallPairTest {
  private static final String FIRST = "0190f6a2-7c3e-7bd4-9d5e-000000000001";
  private static final String SECOND = "0190f6a2-7c3e-7bd4-9d5e-000000000002";

  private final ClientLoop loop = new ClientLoop();
  private final Calls calls = new Calls(List.of(), Options.parse(List.of("--signals", "1")));
  private final CallPair pair = new CallPair(calls, 0, 1);

  /** Connected to, and never heard. */
  private final ServerSocket server = new ServerSocket(0, 2, InetAddress.ofLiteral(Ports.HOST));

  CallPairTest() throws IOException {}

  @BeforeEach
  void connect() {
    var address = (InetSocketAddress) server.getLocalSocketAddress();
    pair.caller().connect(loop, address);
    pair.callee().connect(loop, address);
    pair.initiate(0);
  }

  @AfterEach
  void close() throws IOException {
    loop.close();
    server.close();
  }

  @Test
  void aCallThatGoesWellIsGood() {
    call(FIRST, 1, true);

    assertThat(verdict()).contains("ended 1").startsWith("Every call");
  }

  @Test
  void aSignalThatWasAcknowledgedMustCome() {
    setUp(FIRST);
    signal(pair.callee(), 1);
    acknowledgeSignals();
    hangUp(FIRST, true);

    assertThat(verdict()).startsWith("NOT GOOD").contains("signals lost 1");
  }

  @Test
  void aSignalMayComeOnce() {
    setUp(FIRST);
    signal(pair.callee(), 1);
    signal(pair.callee(), 1);
    signal(pair.caller(), 1);
    acknowledgeSignals();
    hangUp(FIRST, true);

    assertThat(verdict()).startsWith("NOT GOOD").contains("repeated 1");
  }

  @Test
  void theCallerMustHearThatItRings() {
    tell(pair.callee(), "call:incoming", FIRST);
    reply(pair.caller(), 2, FIRST);
    reply(pair.callee(), 2, FIRST);
    tell(pair.caller(), "call:accepted", FIRST);
    exchangeSignals(1);
    hangUp(FIRST, true);

    assertThat(verdict()).startsWith("NOT GOOD").contains("events missing 1");
  }

  @Test
  void anEventMayComeOnce() {
    setUp(FIRST);
    tell(pair.caller(), "call:accepted", FIRST);
    exchangeSignals(1);
    hangUp(FIRST, true);

    assertThat(verdict()).startsWith("NOT GOOD").contains("of no use 1");
  }

  @Test
  void whatIsToldOfTheCallBeforeIsNotOfThisOne() {
    call(FIRST, 1, true);
    pair.initiate(0);
    tell(pair.callee(), "call:ended", FIRST);
    call(SECOND, 2, true);

    assertThat(verdict()).startsWith("NOT GOOD").contains("ended 2").contains("of no use 1");
  }

  @Test
  void bothMustHaveTheRecord() {
    call(FIRST, 1, false);

    assertThat(pair.hasRecords()).isFalse();
    assertThat(verdict()).startsWith("NOT GOOD").contains("records missing 2");
  }

  @Test
  void aCallThatDoesNotEndIsSeen() {
    setUp(FIRST);
    exchangeSignals(1);

    assertThat(verdict()).startsWith("NOT GOOD").contains("unfinished 1");
  }

  @Test
  void whatWasRefusedIsToldApart() {
    come(pair.caller(), "{\"re\":2,\"data\":{\"success\":false,\"code\":\"RATE_LIMITED\"}}");

    assertThat(verdict()).startsWith("Every call").contains("refused 1");
  }

  @Test
  void aFaultOfTheServerIsNotGood() {
    come(pair.caller(), "{\"re\":2,\"data\":{\"success\":false,\"code\":\"INTERNAL\"}}");

    assertThat(verdict()).startsWith("NOT GOOD").contains("faulty 1");
  }

  private String verdict() {
    pair.addTo(calls.verdict());
    return calls.verdict().toString();
  }

  private void call(String call, int number, boolean recorded) {
    setUp(call);
    exchangeSignals(number);
    hangUp(call, recorded);
  }

  private void setUp(String call) {
    reply(pair.caller(), 2, call);
    tell(pair.caller(), "call:ringing", call);
    tell(pair.callee(), "call:incoming", call);
    reply(pair.callee(), 2, call);
    tell(pair.caller(), "call:accepted", call);
  }

  private void exchangeSignals(int call) {
    signal(pair.callee(), call);
    signal(pair.caller(), call);
    acknowledgeSignals();
  }

  private static void signal(CallSession to, int call) {
    String stamp = SignalStamp.field();
    byte[] frame = Ascii.of("{\"event\":\"call:signal\",\"data\":{\"signal\":{" + stamp + "}}}");
    SignalStamp.write(frame, SignalStamp.find(frame, 0, frame.length), call, 1, 0);
    to.happened(frame, 0, frame.length);
  }

  private void acknowledgeSignals() {
    come(pair.caller(), "{\"re\":100001,\"data\":{\"success\":true}}");
    come(pair.callee(), "{\"re\":100001,\"data\":{\"success\":true}}");
  }

  private void hangUp(String call, boolean recorded) {
    reply(pair.caller(), 3, call);
    for (CallSession session : List.of(pair.caller(), pair.callee())) {
      tell(session, "call:ended", call);
      if (recorded) {
        int offset = session.records() + 1;
        come(session, "{\"event\":\"message:new\",\"data\":{\"offset\":" + offset + "}}");
      }
    }
  }

  private static void tell(CallSession session, String event, String call) {
    come(session, "{\"event\":\"%s\",\"data\":{\"callId\":\"%s\"}}".formatted(event, call));
  }

  private static void reply(CallSession session, int id, String call) {
    come(session, "{\"re\":%d,\"data\":{\"success\":true,\"callId\":\"%s\"}}".formatted(id, call));
  }

  private static void come(CallSession session, String text) {
    byte[] frame = Ascii.of(text);
    if (text.startsWith("{\"re\"")) {
      long id = Ascii.number(frame, text.indexOf(':') + 1, frame.length);
      session.replied(id, text.contains("\"success\":true"), frame, 0, frame.length);
    } else {
      session.happened(frame, 0, frame.length);
    }
  }
}
