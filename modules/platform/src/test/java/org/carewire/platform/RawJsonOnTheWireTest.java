package org.carewire.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.carewire.platform.Delivery.Notified.Notice;
import org.carewire.protocol.CallId;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Json;
import org.carewire.protocol.MessageSent;
import org.carewire.protocol.Participant;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStatus;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.StatusSet;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserUnread;
import org.carewire.protocol.VisitId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What arrives on another node is what was sent, events that were serialised once included. */
class RawJsonOnTheWireTest {
  private static final TenantId TENANT = new TenantId("tenant-1");
  private static final UserId ANN = new UserId("ann");
  private static final UserId DOC = new UserId("doc@clinic.example");
  private static final RoomId VISIT = RoomId.visit(new VisitId("v-1"));
  private static final RoomId CHAT = RoomId.chat(ANN, DOC);
  private static final SocketId SOCKET = new SocketId("socket-1");
  private static final EntryId ENTRY = EntryId.parse("01890a5d-ac96-774b-bcce-b302099a8057");
  private static final Instant TIME = Instant.parse("2026-01-31T09:30:00.120Z");

  static Stream<Delivery> deliveries() {
    RawJson data = Json.raw(new Participant(SOCKET, ANN, Role.PATIENT, TIME));
    return Stream.of(
        new Delivery.Entry(TENANT, VISIT, 7, List.of(ANN, DOC), data, SOCKET),
        new Delivery.Entry(TENANT, CHAT, Long.MAX_VALUE, List.of(ANN), data, null),
        new Delivery.ToParticipants(TENANT, VISIT, ServerEvent.ROOM_USER_JOINED, data, SOCKET),
        new Delivery.ToParticipants(TENANT, VISIT, ServerEvent.TYPING_STOP, data, null),
        new Delivery.ToUsers(TENANT, List.of(ANN, DOC), ServerEvent.TYPING_START, data),
        new Delivery.TopReached(TENANT, VISIT, 7, List.of(ANN, DOC)),
        new Delivery.MembersSet(TENANT, Set.of(VISIT, CHAT), Set.of(DOC), Set.of()),
        new Delivery.UserRevoked(TENANT, ANN, TIME),
        new Delivery.Doubted(TIME),
        new Delivery.PresenceChanged(
            List.of(
                new PresenceState(TENANT, ANN, PresenceStatus.IN_CALL, TIME, "at lunch", TIME),
                new PresenceState(TENANT, DOC, PresenceStatus.OFFLINE, null, null, TIME))),
        new Delivery.StatusWasSet(TENANT, ANN, new StatusSet(PresenceStatus.BUSY, null, TIME)),
        new Delivery.OfCall(
            TENANT,
            List.of(ANN, DOC),
            new CallId("call-1"),
            3,
            ServerEvent.CALL_ENDED,
            data,
            null,
            SOCKET),
        new Delivery.Notified(
            TENANT,
            RawJson.of("{\"title\":\"ä\"}"),
            List.of(new Notice(ENTRY, 3, TIME, new UserUnread(ANN, 2, 9)))),
        new Delivery.UnreadCounted(
            TENANT, List.of(new UserUnread(ANN, 0, 4), new UserUnread(DOC, 1, Long.MAX_VALUE))),
        new Delivery.SessionReplaced(TENANT, ANN, SOCKET));
  }

  @ParameterizedTest
  @MethodSource("deliveries")
  void aDeliveryIsTheSame(Delivery delivery) {
    assertThat(overTheWire(Parcel.of(delivery)).open(Delivery.class)).isEqualTo(delivery);
  }

  @Test
  void everyKindOfDeliveryIsTried() {
    assertThat(deliveries().<Class<?>>map(Object::getClass))
        .containsAll(List.of(Delivery.class.getPermittedSubclasses()));
  }

  static Stream<MessageSent> replies() {
    return Stream.of(
        new MessageSent(RawJson.of("{\"id\":\"1\",\"message\":\"ä\"}"), true),
        new MessageSent(RawJson.of("{}"), null));
  }

  @ParameterizedTest
  @MethodSource("replies")
  void aReplyIsTheSame(MessageSent reply) {
    assertThat(overTheWire(Parcel.of(reply)).open(MessageSent.class)).isEqualTo(reply);
  }

  private static Parcel overTheWire(Parcel parcel) {
    var codec = new ParcelCodec();
    Buffer wire = Buffer.buffer();
    codec.encodeToWire(wire, parcel);
    return codec.decodeFromWire(0, wire);
  }
}
