package org.carewire.chat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.platform.Faults;
import org.carewire.platform.Outage;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Done;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Json;
import org.carewire.protocol.MessageDelivered;
import org.carewire.protocol.MessagesRead;
import org.carewire.protocol.ReceiptKind;
import org.carewire.protocol.ReceiptMoved;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.ServerEvent;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.rooms.Appended;
import org.carewire.rooms.ReceiptStore;
import org.carewire.rooms.ReceiptStore.Covered;
import org.carewire.rooms.ReceiptStore.Span;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells authors how far their messages have come: {@code message:delivered} and {@code
 * message:read}, at most every 250 ms for each room and reader, whose commands all come to one
 * instance. What is not told is in the history all the same.
 */
final class TellingReceipts {
  private static final Logger log = LoggerFactory.getLogger(TellingReceipts.class);

  /** In larger rooms nobody is told. */
  private static final int MAX_TOLD_MEMBERS = 50;

  /** How many entries of one step of a reader are looked at, the newest. */
  private static final int MAX_TOLD_MESSAGES = 200;

  private static final long EVERY_MS = 250;
  private static final int CAPACITY = 10_000;
  private static final int BATCH = 1_000;

  private record Reader(TenantId tenant, RoomId room, UserId user) {}

  private final Vertx vertx;
  private final ReceiptStore receipts;
  private final Deliveries deliveries;
  private final Clock clock;
  private final Map<Reader, ReceiptMoved> untold = new LinkedHashMap<>();
  private int dropped;
  private boolean scheduled;

  TellingReceipts(Vertx vertx, ReceiptStore receipts, Deliveries deliveries, Clock clock) {
    this.vertx = vertx;
    this.receipts = receipts;
    this.deliveries = deliveries;
    this.clock = clock;
  }

  /** Tells it soon. */
  Future<Done> moved(Caller caller, ReceiptMoved moved) {
    var reader = new Reader(caller.tenant(), moved.room(), moved.user());
    if (untold.size() >= CAPACITY && !untold.containsKey(reader)) {
      dropped++;
    } else {
      untold.merge(reader, moved, TellingReceipts::together);
      schedule();
    }
    return Future.succeededFuture(Done.DONE);
  }

  /** Sending marks as read what came before, if there was anything that was not. */
  void sent(Caller caller, Appended.Stored stored) {
    ReceiptMoved moved = stored.receipt();
    if (moved != null
        && moved.readBefore() < stored.entry().offset() - 1
        && stored.members().size() <= MAX_TOLD_MEMBERS) {
      moved(caller, moved);
    }
  }

  private static ReceiptMoved together(ReceiptMoved one, ReceiptMoved other) {
    return new ReceiptMoved(
        one.room(),
        one.user(),
        Math.min(one.deliveredBefore(), other.deliveredBefore()),
        Math.max(one.delivered(), other.delivered()),
        Math.min(one.readBefore(), other.readBefore()),
        Math.max(one.read(), other.read()));
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      vertx.setTimer(EVERY_MS, _ -> tellAll());
    }
  }

  private void tellAll() {
    if (dropped > 0) {
      log.atWarn().addKeyValue("readers", dropped).log("receipts.tooMany");
      dropped = 0;
    }
    var spans = new ArrayList<Span>();
    untold.forEach((reader, moved) -> spans.addAll(spans(reader, moved)));
    untold.clear();
    Future<?> told = Future.succeededFuture();
    for (int from = 0; from < spans.size(); from += BATCH) {
      var batch = spans.subList(from, Math.min(from + BATCH, spans.size()));
      told = told.compose(_ -> tell(batch));
    }
    told.onComplete(
        _ -> {
          scheduled = false;
          if (!untold.isEmpty()) {
            schedule();
          }
        });
  }

  /** What was read is not told as delivered too. */
  private static List<Span> spans(Reader reader, ReceiptMoved moved) {
    long delivered = Math.max(moved.deliveredBefore(), moved.read());
    return Stream.of(
            span(reader, ReceiptKind.READ, moved.readBefore(), moved.read()),
            span(reader, ReceiptKind.DELIVERED, delivered, moved.delivered()))
        .filter(span -> span.above() < span.upTo())
        .toList();
  }

  private static Span span(Reader reader, ReceiptKind kind, long above, long upTo) {
    return new Span(reader.tenant(), reader.room(), reader.user(), kind, above, upTo);
  }

  /** Never fails. */
  private Future<?> tell(List<Span> spans) {
    return receipts
        .covered(spans, MAX_TOLD_MEMBERS, MAX_TOLD_MESSAGES)
        .onSuccess(all -> all.forEach(this::tell))
        .onFailure(failure -> notTold(failure, spans.size()))
        .otherwiseEmpty();
  }

  private static void notTold(Throwable failure, int readers) {
    if (Outage.is(failure)) {
      log.atWarn()
          .addKeyValue("cause", failure.getClass().getSimpleName())
          .addKeyValue("readers", readers)
          .log("receipts.notTold");
    } else {
      log.atError()
          .addKeyValue("readers", readers)
          .setCause(Faults.withoutTexts(failure))
          .log("receipts.notTold");
    }
  }

  private void tell(Covered covered) {
    deliveries.send(
        switch (covered.span().kind()) {
          case DELIVERED -> toAuthor(covered, ServerEvent.MESSAGE_DELIVERED, delivered(covered));
          case READ -> toAuthor(covered, ServerEvent.MESSAGE_READ, read(covered));
        });
  }

  private MessageDelivered delivered(Covered covered) {
    Span span = covered.span();
    EntryId newest = covered.messages().getLast();
    return new MessageDelivered(newest, span.room(), span.upTo(), span.reader(), clock.instant());
  }

  private MessagesRead read(Covered covered) {
    Span span = covered.span();
    return new MessagesRead(
        covered.messages(), span.room(), span.upTo(), span.reader(), clock.instant());
  }

  private static Delivery toAuthor(Covered covered, ServerEvent event, Object data) {
    return new Delivery.ToUsers(
        covered.span().tenant(), List.of(covered.author()), event, Json.raw(data));
  }
}
