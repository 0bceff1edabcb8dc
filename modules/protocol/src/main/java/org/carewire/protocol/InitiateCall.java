package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code call:initiate}: rings users.
 *
 * @param callId of the call, if there is to be a new one
 * @param users whom to call, each once; nobody where {@code room} says it
 * @param room whose other members to call; of a visit's call its visit
 * @param metadata the client's own; health data, so it does not print itself
 * @param gateway where the caller's session is held; absent as long as the gateway has not said it
 */
public record InitiateCall(
    CallId callId,
    List<UserId> users,
    @Nullable RoomId room,
    @Nullable VisitId visit,
    CallType type,
    @Nullable RawJson metadata,
    @Nullable GatewayAddress gateway)
    implements Command.OfCall {

  static InitiateCall decode(Fields fields, Caller caller) {
    UserId recipient = fields.parsed("recipientId", UserId::new);
    List<UserId> several =
        fields.parsedList("participantIds", UserId::new).stream().distinct().toList();
    RoomId room = fields.parsed("roomId", InitiateCall::room);
    List<UserId> users = recipient == null ? several : List.of(recipient);
    if (users.isEmpty() && room == null) {
      throw Refusal.badRequest("recipientId", "recipientId is required");
    }
    if ((recipient != null && !several.isEmpty()) || (room != null && !users.isEmpty())) {
      throw Refusal.badRequest(
          room == null ? "participantIds" : "roomId",
          "A call is for either recipientId, participantIds or roomId");
    }
    if (users.contains(caller.user())) {
      throw Refusal.badRequest(
          recipient == null ? "participantIds" : "recipientId", "Cannot call yourself");
    }
    var metadata = fields.freeObject("metadata");
    return new InitiateCall(
        CallId.fresh(),
        users,
        room,
        visit(room, fields.parsed("visitId", VisitId::new)),
        fields.requiredParsed("callType", CallType::parse),
        metadata == null ? null : Json.raw(metadata),
        null);
  }

  private static RoomId room(String text) {
    RoomId room = RoomId.parse(text).membersRoom();
    if (!room.kind().holdsMessages()) {
      throw Refusal.badRequest("Only the members of a chat, a visit or a group can be called");
    }
    return room;
  }

  private static @Nullable VisitId visit(@Nullable RoomId room, @Nullable VisitId visit) {
    if (room == null || room.visitId().isEmpty()) {
      return visit;
    }
    if (visit != null && !room.visitId().get().equals(visit)) {
      throw Refusal.badRequest("visitId", "visitId names another visit than roomId");
    }
    return room.visitId().get();
  }

  public InitiateCall at(GatewayAddress address) {
    return new InitiateCall(callId, users, room, visit, type, metadata, address);
  }

  @Override
  public String toString() {
    return "InitiateCall[" + callId + "]";
  }
}
