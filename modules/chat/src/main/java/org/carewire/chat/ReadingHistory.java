package org.carewire.chat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.carewire.platform.Epoch;
import org.carewire.protocol.Caller;
import org.carewire.protocol.History;
import org.carewire.protocol.History.Receipt;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ReadHistory;
import org.carewire.rooms.Access;
import org.carewire.rooms.Entry;
import org.carewire.rooms.EntryStore;
import org.carewire.rooms.MessageJson;
import org.carewire.rooms.RoomAccess;

/** {@code message:history}, and the same over HTTP. */
final class ReadingHistory {
  private static final String DENIAL = "Access denied to this conversation";

  /** Room in a page for what is neither messages nor receipts. */
  private static final int OVERHEAD_BYTES = 1_000;

  private final Access access;
  private final EntryStore reader;
  private final Epoch epoch;
  private final int pageBytes;

  ReadingHistory(Access access, EntryStore reader, Epoch epoch, int pageBytes) {
    this.access = access;
    this.reader = reader;
    this.epoch = epoch;
    this.pageBytes = pageBytes;
  }

  Future<History> read(Caller caller, ReadHistory command) {
    return access
        .enter(caller, command.room(), DENIAL)
        .compose(
            granted ->
                granted.roomKey() == 0
                    ? Future.succeededFuture(
                        new History(List.of(), false, List.of(), 0, epoch.current()))
                    : read(command, granted));
  }

  private Future<History> read(ReadHistory command, RoomAccess granted) {
    Long after = command.afterOffset();
    boolean newest = after == null;
    Future<List<Receipt>> receipts = reader.receipts(granted.roomKey());
    Future<List<Entry>> entries =
        before(command, granted)
            .compose(
                before ->
                    reader.entries(
                        command.room(),
                        granted.roomKey(),
                        after == null ? 0 : after,
                        before,
                        command.limit() + 1,
                        pageBytes,
                        newest));
    return Future.all(receipts, entries)
        .map(_ -> page(command, granted, entries.result(), receipts.result(), newest));
  }

  /** The offset that the page ends below. */
  private Future<Long> before(ReadHistory command, RoomAccess granted) {
    if (command.beforeTime() != null) {
      return reader.firstOffsetAt(granted.roomKey(), granted.top(), command.beforeTime());
    }
    Long offset = command.beforeOffset();
    return Future.succeededFuture(offset == null ? Long.MAX_VALUE : offset);
  }

  /**
   * As many of the entries as were asked for and fit into a page.
   *
   * @param found one more than asked for or than fits, where there are so many
   */
  private History page(
      ReadHistory command,
      RoomAccess granted,
      List<Entry> found,
      List<Receipt> receipts,
      boolean newest) {
    var messages = new ArrayList<RawJson>();
    int bytesLeft = pageBytes - OVERHEAD_BYTES - Json.write(receipts).length;
    long top = granted.top();
    for (Entry entry : found) {
      RawJson message = MessageJson.of(entry, Statuses.of(entry, receipts));
      bytesLeft -= message.utf8().length + 1;
      if (messages.size() == command.limit() || (bytesLeft < 0 && !messages.isEmpty())) {
        break;
      }
      messages.add(message);
      top = Math.max(top, entry.offset());
    }
    boolean hasMore = messages.size() < found.size();
    if (newest) {
      Collections.reverse(messages);
    }
    // Which were read a moment later than the top.
    for (Receipt receipt : receipts) {
      top = Math.max(top, receipt.delivered());
    }
    return new History(messages, hasMore, receipts, top, epoch.current());
  }
}
