package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ClientMessageId;
import org.carewire.protocol.Command;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.DisconnectUser;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.FindPositions;
import org.carewire.protocol.FindTops;
import org.carewire.protocol.GroupId;
import org.carewire.protocol.JoinRoom;
import org.carewire.protocol.MarkMessages;
import org.carewire.protocol.MessageContent;
import org.carewire.protocol.Participant;
import org.carewire.protocol.PutGroup;
import org.carewire.protocol.PutVisit;
import org.carewire.protocol.ReadLog;
import org.carewire.protocol.ReadRevocations;
import org.carewire.protocol.ReceiptKind;
import org.carewire.protocol.ReceiptMoved;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.Revocation;
import org.carewire.protocol.RevocationList;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.RoomJoined;
import org.carewire.protocol.RoomType;
import org.carewire.protocol.SendMessage;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.StayInRoom;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.Visit;
import org.carewire.protocol.VisitId;
import org.carewire.protocol.VisitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What arrives on another node is what was sent. */
class ParcelCodecTest {
  private static final TenantId TENANT = new TenantId("tenant-1");
  private static final UserId ANN = new UserId("ann");
  private static final UserId DOC = new UserId("doc@clinic.example");
  private static final RoomId VISIT = RoomId.visit(new VisitId("v-1"));
  private static final RoomId CHAT = RoomId.chat(ANN, DOC);
  private static final SocketId SOCKET = new SocketId("socket-1");
  private static final Caller SESSION =
      new Caller(TENANT, ANN, Role.PATIENT, SOCKET, new DeviceId("device-1"));
  private static final Caller HTTP = new Caller(TENANT, DOC, Role.SERVICE, null, null);
  private static final Instant TIME = Instant.parse("2026-01-31T09:30:00.120Z");

  static Stream<Command> commands() {
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    metadata.put("senderRole", "patient").put("n", 12).put("x", 0.5).putNull("nothing");
    metadata.putArray("list").add("ä \u2028 \uD83E\uDE7A \" \\").add(true).addObject();
    return Stream.of(
        new SendMessage(
            CHAT,
            new ClientMessageId("c-1"),
            new MessageContent("Grüße \uD83E\uDE7A\n", List.of("https://a.example/b"), metadata)),
        new SendMessage(VISIT, null, new MessageContent("-", List.of(), metadata)),
        new MarkMessages(ReceiptKind.READ, List.of(new EntryId(new UUID(1, 2))), VISIT, 0),
        new MarkMessages(ReceiptKind.DELIVERED, List.of(), CHAT, Long.MAX_VALUE),
        new ReceiptMoved(CHAT, DOC, 1, 2, 0, 2),
        new FindPositions(List.of(CHAT, VISIT)),
        new ReadLog(List.of(new ReadLog.Stretch(VISIT, 3, Long.MAX_VALUE)), 1_000),
        new JoinRoom(RoomId.call(new VisitId("v-1")), RoomType.VIDEO_CALL),
        new PutVisit(
            new VisitId("v-1"),
            ANN,
            DOC,
            List.of(new Visit.Member(new UserId("nurse"), Role.PROVIDER)),
            VisitStatus.IN_PROGRESS,
            TIME),
        new PutVisit(new VisitId("v-2"), ANN, DOC, List.of(), null, null),
        new PutGroup(new GroupId("g-1"), List.of(ANN, DOC), null),
        new DisconnectUser(ANN, "gone"),
        new ReadRevocations(TIME),
        new FindTops(TIME),
        new StayInRoom(VISIT));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aRequestIsTheSameCommandOfTheSameCaller(Command command) {
    for (Caller caller : List.of(SESSION, HTTP)) {
      Parcel arrived = overTheWire(Parcel.request(caller, command));

      assertThat(arrived.caller()).isEqualTo(caller);
      assertThat(arrived.refused()).isFalse();
      assertThat((Object) arrived.open(command.getClass())).isEqualTo(command);
    }
  }

  @Test
  void aReplyIsTheSame() {
    var reply =
        new RoomJoined(
            VISIT,
            RoomType.CHAT,
            List.of(new Participant(SOCKET, ANN, Role.PATIENT, TIME)),
            TIME,
            Long.MAX_VALUE);

    assertThat(overTheWire(Parcel.of(reply)).open(RoomJoined.class)).isEqualTo(reply);
  }

  @Test
  void revocationsAreTheSame() {
    var list = new RevocationList(List.of(new Revocation(TENANT, ANN, TIME)), TIME, "epoch");
    var delivery = new Delivery.UserRevoked(TENANT, ANN, TIME);

    assertThat(overTheWire(Parcel.of(list)).open(RevocationList.class)).isEqualTo(list);
    assertThat(overTheWire(Parcel.of(delivery)).open(Delivery.class)).isEqualTo(delivery);
  }

  static Stream<Refusal> refusals() {
    return Stream.of(
        new Refusal(ErrorCode.RATE_LIMITED, "Too many", "message", Duration.ofMillis(1_500)),
        Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied to this room"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aRefusalIsTheSame(Refusal refusal) {
    Parcel arrived = overTheWire(Parcel.refusal(RefusalBody.of(refusal)));

    assertThat(arrived.refused()).isTrue();
    assertThat(arrived.open(RefusalBody.class).toRefusal())
        .usingRecursiveComparison()
        .isEqualTo(refusal);
  }

  @Test
  void severalParcelsFollowEachOtherInOneBuffer() {
    var codec = new ParcelCodec();
    Buffer wire = Buffer.buffer("before");
    int first = wire.length();
    codec.encodeToWire(wire, Parcel.of(new UUID(1, 2)));
    int second = wire.length();
    codec.encodeToWire(wire, Parcel.of(new UUID(3, 4)));

    assertThat(codec.decodeFromWire(first, wire).open(UUID.class)).isEqualTo(new UUID(1, 2));
    assertThat(codec.decodeFromWire(second, wire).open(UUID.class)).isEqualTo(new UUID(3, 4));
  }

  private static Parcel overTheWire(Parcel parcel) {
    var codec = new ParcelCodec();
    Buffer wire = Buffer.buffer();
    codec.encodeToWire(wire, parcel);
    return codec.decodeFromWire(0, wire);
  }
}
