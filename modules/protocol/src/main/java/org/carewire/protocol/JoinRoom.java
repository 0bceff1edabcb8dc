package org.carewire.protocol;

/**
 * {@code room:join}: from now on signals of the room come to this session.
 *
 * @param roomType as the client labels the room, echoed
 */
public record JoinRoom(RoomId room, RoomType roomType) implements Command.InRoom {

  static JoinRoom decode(Fields fields, Caller caller) {
    RoomId room = fields.requiredParsed("roomId", RoomId::parse);
    RoomType type = fields.parsed("roomType", JoinRoom::roomType);
    fields.freeObject("metadata");
    return new JoinRoom(room, type == null ? room.kind().type() : type);
  }

  private static RoomType roomType(String word) {
    for (RoomType type : RoomType.values()) {
      if (type.wireName().equals(word)) {
        return type;
      }
    }
    throw Refusal.badRequest("A roomType is chat, video_call or notification");
  }
}
