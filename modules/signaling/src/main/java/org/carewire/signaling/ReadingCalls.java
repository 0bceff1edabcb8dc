package org.carewire.signaling;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.carewire.protocol.CallList;
import org.carewire.protocol.CallRecord;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.ReadCalls;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.rooms.Access;

/** {@code call:history}. */
final class ReadingCalls {
  private static final String DENIAL = "Access denied to these calls";

  /** Room in a page for what is no call. */
  private static final int OVERHEAD_BYTES = 1_000;

  private final Access access;
  private final CallHistoryStore store;
  private final Clock clock;
  private final int pageBytes;

  ReadingCalls(Access access, CallHistoryStore store, Clock clock, int pageBytes) {
    this.access = access;
    this.store = store;
    this.clock = clock;
    this.pageBytes = pageBytes;
  }

  Future<CallList> read(Caller caller, ReadCalls command) {
    return mayRead(caller, command)
        .compose(_ -> store.read(caller.tenant(), command, clock.instant()))
        .map(found -> page(command, found));
  }

  private Future<?> mayRead(Caller caller, ReadCalls command) {
    if (command.visit() != null) {
      return access.enter(caller, RoomId.visit(command.visit()), DENIAL);
    }
    return command.user().equals(caller.user()) || caller.isPlatform()
        ? Future.succeededFuture()
        : Future.failedFuture(Refusal.of(ErrorCode.ACCESS_DENIED, DENIAL));
  }

  /** As many as were asked for and fit into a page. */
  private CallList page(ReadCalls command, List<Call> found) {
    Instant now = clock.instant();
    var records = new ArrayList<CallRecord>();
    int bytesLeft = pageBytes - OVERHEAD_BYTES;
    for (Call call : found) {
      CallRecord record = call.record(now);
      bytesLeft -= Json.write(record).length + 1;
      if (records.size() == command.limit() || (bytesLeft < 0 && !records.isEmpty())) {
        break;
      }
      records.add(record);
    }
    return new CallList(records, records.size() < found.size());
  }
}
