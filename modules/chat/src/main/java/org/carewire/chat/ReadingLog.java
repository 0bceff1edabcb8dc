package org.carewire.chat;

import io.vertx.core.Future;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.LogPage;
import org.carewire.protocol.LogPage.LogEntry;
import org.carewire.protocol.ReadLog;
import org.carewire.rooms.Entry;
import org.carewire.rooms.LogPageStore;
import org.carewire.rooms.MessageJson;

/** What sessions have missed. */
final class ReadingLog {
  private final LogPageStore pages;

  ReadingLog(LogPageStore pages) {
    this.pages = pages;
  }

  Future<LogPage> read(Caller caller, ReadLog command) {
    return pages
        .read(caller, command)
        .map(
            page ->
                new LogPage(
                    page.entries().stream().map(entry -> logEntry(entry, page)).toList(),
                    page.denied(),
                    page.isFull()));
  }

  private static LogEntry logEntry(Entry entry, LogPageStore.Page page) {
    String status = Statuses.of(entry, page.receipts().getOrDefault(entry.room(), List.of()));
    return new LogEntry(
        entry.room(), entry.offset(), entry.sender(), MessageJson.of(entry, status));
  }
}
