package org.carewire.chat;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
import org.carewire.protocol.ListRooms;
import org.carewire.protocol.RoomList;
import org.carewire.rooms.Entry;
import org.carewire.rooms.MessageJson;
import org.carewire.rooms.RoomListStore;
import org.carewire.rooms.RoomListStore.ListedRoom;

/**
 * {@code room:list}. The next page is asked for by the time of the last room, so rooms of the same
 * time are never parted.
 */
final class ListingRooms {
  private final RoomListStore rooms;
  private final int pageBytes;

  ListingRooms(RoomListStore rooms, int pageBytes) {
    this.rooms = rooms;
    this.pageBytes = pageBytes;
  }

  Future<RoomList> list(Caller caller, ListRooms command) {
    // One more than asked for tells whether there are more.
    return rooms
        .list(caller, command.before(), command.limit() + 1)
        .map(found -> page(found, command.limit()));
  }

  private RoomList page(List<ListedRoom> found, int limit) {
    var page = new ArrayList<RoomList.Summary>();
    var sameTime = new ArrayList<RoomList.Summary>();
    int bytesLeft = pageBytes;
    for (int i = 0; i < found.size(); i++) {
      RoomList.Summary summary = summary(found.get(i), bytesLeft > 0);
      sameTime.add(summary);
      bytesLeft -= Json.write(summary).length;
      boolean timeEnds = i + 1 == found.size() || !time(found, i + 1).equals(summary.updatedAt());
      if (!timeEnds) {
        continue;
      }
      if (!page.isEmpty() && (bytesLeft < 0 || page.size() >= limit)) {
        break;
      }
      page.addAll(sameTime);
      sameTime.clear();
    }
    return new RoomList(page, page.size() < found.size());
  }

  private static Instant time(List<ListedRoom> rooms, int index) {
    return rooms.get(index).updatedAt();
  }

  /**
   * A room as it is listed.
   *
   * @param withMessage whether its last message has room on the page
   */
  private static RoomList.Summary summary(ListedRoom room, boolean withMessage) {
    Entry last = withMessage ? room.last() : null;
    return new RoomList.Summary(
        room.room(),
        room.top(),
        room.read(),
        room.delivered(),
        // Sending marks as read what came before, so all that is above is by others.
        room.top() - room.read(),
        last == null ? null : MessageJson.of(last, Statuses.of(room)),
        room.members(),
        room.updatedAt());
  }
}
