package org.carewire.chat;

import io.vertx.core.Future;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.MarkMessages;
import org.carewire.protocol.Refusal;
import org.carewire.rooms.DeviceCursors;
import org.carewire.rooms.Marked;
import org.carewire.rooms.ReceiptQueue;

/** {@code message:received} and {@code message:read}: commit, then answer; told a little later. */
final class MarkingMessages {
  private final ReceiptQueue receipts;
  private final DeviceCursors cursors;

  MarkingMessages(ReceiptQueue receipts, DeviceCursors cursors) {
    this.receipts = receipts;
    this.cursors = cursors;
  }

  Future<Done> mark(Caller caller, MarkMessages command) {
    return receipts.mark(caller, command).map(outcome -> reply(caller, outcome));
  }

  private Done reply(Caller caller, Marked outcome) {
    return switch (outcome) {
      case Marked.Stored(var reached) -> {
        reached.forEach(room -> cursors.reached(caller, room.roomKey(), room.offset()));
        yield Done.DONE;
      }
      case Marked.Denied _ ->
          throw Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied to this conversation");
      case Marked.NotFound _ ->
          throw Refusal.of(ErrorCode.NOT_FOUND, "There is no such message or conversation");
      case Marked.AboveTop _ ->
          throw Refusal.badRequest("offset", "offset is above the last message of the room");
    };
  }

  /** Stores what waits, as far as PostgreSQL takes it. */
  Future<?> close() {
    return receipts.close().otherwiseEmpty().compose(_ -> cursors.close());
  }
}
