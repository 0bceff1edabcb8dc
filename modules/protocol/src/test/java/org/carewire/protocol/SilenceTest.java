package org.carewire.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What may hold health data does not print it. */
class SilenceTest {
  private static final String CANARY = "kanarienvogel";
  private static final GroupId GROUP = new GroupId("g-1");
  private static final CallId CALL = new CallId("call-1");
  private static final UserId ANN = new UserId("ann");

  private static MessageContent content() {
    return new MessageContent(
        CANARY,
        List.of("https://files.example/" + CANARY),
        JsonNodeFactory.instance.objectNode().put(CANARY, CANARY));
  }

  @Test
  void aMessageTellsOnlyItsLength() {
    assertThat(content().toString()).isEqualTo("MessageContent[13 characters]");
  }

  @Test
  void whatHoldsAMessageIsAsSilent() {
    RoomId room = RoomId.group(GROUP);

    assertThat(new SendMessage(room, null, content()).toString()).doesNotContain(CANARY);
    assertThat(new MessageSent(Json.raw(content()), true).toString()).doesNotContain(CANARY);
  }

  @Test
  void serialisedJsonTellsOnlyItsSize() {
    assertThat(RawJson.of("{\"a\":\"ä\"}").toString()).isEqualTo("RawJson[10 bytes]");
  }

  @Test
  void aReasonIsNotTold() {
    assertThat(new DisconnectUser(ANN, CANARY).toString()).isEqualTo("DisconnectUser[ann]");
  }

  @Test
  void aCallDoesNotTellWhatComesWithIt() {
    assertThat(
            new InitiateCall(CALL, List.of(ANN), null, null, CallType.VIDEO, Json.raw(CANARY), null)
                .toString())
        .isEqualTo("InitiateCall[call-1]");
    assertThat(new RejectCall(CALL, CANARY).toString()).isEqualTo("RejectCall[call-1]");
    assertThat(
            new CallNotice.Incoming(
                    CALL,
                    ANN,
                    Role.PATIENT,
                    null,
                    CallType.VIDEO,
                    List.of(),
                    Instant.EPOCH,
                    Instant.EPOCH,
                    Json.raw(CANARY))
                .toString())
        .isEqualTo("Incoming[call-1]");
    assertThat(new CallNotice.Rejected(CALL, ANN, CANARY, Instant.EPOCH).toString())
        .isEqualTo("Rejected[call-1]");
  }

  @Test
  void aSignalIsNotTold() {
    RawJson signal = Json.raw(CANARY);

    assertThat(new SignalCall(CALL, ANN, signal, SignalType.OFFER, 1).toString())
        .doesNotContain(CANARY);
    assertThat(new CallSignal(CALL, ANN, signal, SignalType.OFFER, Instant.EPOCH).toString())
        .doesNotContain(CANARY);
  }

  @Test
  void whatLetsIntoOtherServersIsNotTold() {
    assertThat(new IceServer(List.of("turn:a"), CANARY, CANARY).toString())
        .isEqualTo("IceServer[turn:a]");
    assertThat(new SfuAccess("wss://sfu", "call-1", CANARY).toString())
        .isEqualTo("SfuAccess[call-1]");
  }

  @Test
  void aGroupDoesNotTellItsTitle() {
    assertThat(new Group(GROUP, List.of(ANN), CANARY).toString()).doesNotContain(CANARY);
    assertThat(new PutGroup(GROUP, List.of(ANN), CANARY).toString()).doesNotContain(CANARY);
    assertThat(new GroupPut(new Group(GROUP, List.of(ANN), CANARY), true).toString())
        .doesNotContain(CANARY);
  }
}
