package org.carewire.gateway;

import java.util.HashMap;
import java.util.Map;
import org.carewire.protocol.Fields;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SocketId;
import org.jspecify.annotations.Nullable;

/**
 * What a hello says of the session before it.
 *
 * @param socket which session is replaced; absent: none
 * @param epoch of the positions; absent where there are none
 * @param positions the offsets up to which the client has the entries
 */
record Resume(@Nullable SocketId socket, @Nullable String epoch, Map<RoomId, Long> positions) {
  static final Resume NOTHING = new Resume(null, null, Map.of());

  private static final int MAX_EPOCH_CHARACTERS = 64;

  static Resume decode(Fields hello) {
    Fields resume = hello.object("resume");
    if (resume == null) {
      return NOTHING;
    }
    Map<RoomId, Long> positions = positions(resume.object("positions"));
    String epoch = resume.text("epoch", MAX_EPOCH_CHARACTERS);
    if (epoch == null && !positions.isEmpty()) {
      throw Refusal.badRequest("resume.epoch", "resume.epoch is required with positions");
    }
    return new Resume(resume.parsed("socketId", SocketId::new), epoch, positions);
  }

  private static Map<RoomId, Long> positions(@Nullable Fields given) {
    if (given == null) {
      return Map.of();
    }
    Map<RoomId, Long> positions = new HashMap<>();
    for (String name : given.names()) {
      RoomId room = given.parsedName(name, RoomId::parse);
      Long offset = given.offset(name);
      if (offset != null) {
        positions.put(room, offset);
      }
    }
    return positions;
  }
}
