package org.carewire.loadtests;

/** The request {@code call:signal}, made once for one recipient and filled in for each signal. */
final class SignalFrame {
  /** About what a browser offers for a camera and a microphone. */
  private static final int DESCRIPTION_CHARACTERS = 2_000;

  /** Of a description, as JSON has them. */
  private static final String LINES =
      "a=rtpmap:96 VP8/90000\\r\\na=rtcp-fb:96 nack pli\\r\\na=fmtp:97 apt=96\\r\\n";

  private static final String CANDIDATE =
      "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.17 rport 46154"
          + " generation 0 ufrag EEtu network-id 1 network-cost 10";

  /** All ids have as many digits. */
  private static final int ID_DIGITS = 6;

  private final byte[] bytes;
  private final int idAt;
  private final int callAt;
  private final int stampAt;

  private SignalFrame(String recipient, String type, String signal) {
    String call = "c".repeat(CallName.LENGTH);
    String stamp = SignalStamp.field();
    String request =
        ("{\"id\":%s,\"event\":\"call:signal\",\"data\":{\"callId\":\"%s\",\"recipientId\":\"%s\","
                + "\"signalType\":\"%s\",\"signal\":{%s,%s}}}")
            .formatted("0".repeat(ID_DIGITS), call, recipient, type, stamp, signal);
    this.bytes = Frames.masked(Frames.TEXT, Ascii.of(request));
    int payload = Frames.payloadOffset(request.length());
    this.idAt = payload + request.indexOf(':') + 1;
    this.callAt = payload + request.indexOf(call);
    this.stampAt = payload + request.indexOf(stamp) + stamp.indexOf("ss");
  }

  /**
   * What a browser offers, or answers.
   *
   * @param type {@code offer} or {@code answer}
   */
  static SignalFrame description(String recipient, String type) {
    var text = new StringBuilder("v=0\\r\\no=- 4611731400430051336 2 IN IP4 127.0.0.1\\r\\n");
    while (text.length() < DESCRIPTION_CHARACTERS) {
      text.append(LINES);
    }
    return new SignalFrame(
        recipient, type, "\"type\":\"%s\",\"sdp\":\"%s\"".formatted(type, text.toString()));
  }

  /** One way to reach the browser. */
  static SignalFrame candidate(String recipient) {
    return new SignalFrame(
        recipient,
        "ice-candidate",
        "\"candidate\":\"%s\",\"sdpMid\":\"0\",\"sdpMLineIndex\":0,\"usernameFragment\":\"EEtu\""
            .formatted(CANDIDATE));
  }

  /**
   * The frame, until it is filled in again.
   *
   * @param number of the signal among those of its sender in the call
   */
  byte[] filled(int id, CallName name, int call, int number, long nanos) {
    Ascii.putNumber(bytes, idAt, ID_DIGITS, id);
    name.write(bytes, callAt);
    SignalStamp.write(bytes, stampAt, call, number, nanos);
    return bytes;
  }
}
