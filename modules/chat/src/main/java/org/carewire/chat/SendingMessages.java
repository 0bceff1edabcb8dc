package org.carewire.chat;

import com.github.f4b6a3.uuid.UuidCreator;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import org.carewire.platform.Deliveries;
import org.carewire.platform.Delivery;
import org.carewire.protocol.Caller;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Json;
import org.carewire.protocol.MessageSent;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.SendMessage;
import org.carewire.rooms.Append;
import org.carewire.rooms.AppendQueue;
import org.carewire.rooms.Appended;
import org.carewire.rooms.EntryKind;
import org.carewire.rooms.MessageJson;

/** {@code message:send}: commit, then fan out, then acknowledge. */
final class SendingMessages {
  private static final String NEW = "sent";

  private final AppendQueue appends;
  private final Deliveries deliveries;
  private final TellingReceipts receipts;
  private final Clock clock;

  SendingMessages(
      AppendQueue appends, Deliveries deliveries, TellingReceipts receipts, Clock clock) {
    this.clock = clock;
    this.appends = appends;
    this.deliveries = deliveries;
    this.receipts = receipts;
  }

  Future<MessageSent> send(Caller caller, SendMessage command) {
    Instant sentAt = clock.instant();
    // Ids in the order of time keep their index compact.
    var id = new EntryId(UuidCreator.getTimeOrderedEpoch());
    var append =
        new Append(
            caller,
            command.room(),
            id,
            EntryKind.MESSAGE,
            command.clientMessageId(),
            Json.raw(command.content()),
            false);
    return appends
        .append(append)
        .map(outcome -> reply(caller, outcome))
        .onFailure(failure -> unlessRefused(failure, sentAt));
  }

  /** What failed otherwise may be stored all the same, now or soon, and its members not told. */
  private void unlessRefused(Throwable failure, Instant sentAt) {
    if (!(failure instanceof Refusal)) {
      deliveries.send(new Delivery.Doubted(sentAt));
    }
  }

  private MessageSent reply(Caller caller, Appended outcome) {
    return switch (outcome) {
      case Appended.Stored stored -> new MessageSent(fanOut(caller, stored), null);
      case Appended.Repeated(var entry) -> new MessageSent(MessageJson.of(entry, NEW), true);
      case Appended.Conflicting _ ->
          throw new Refusal(
              ErrorCode.CONFLICT,
              "Another message was sent with this clientMessageId",
              "clientMessageId",
              null);
      case Appended.Denied _ ->
          throw Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied to this conversation");
      case Appended.NoRoom _ ->
          throw Refusal.of(ErrorCode.NOT_FOUND, "There is no such conversation");
    };
  }

  private RawJson fanOut(Caller caller, Appended.Stored stored) {
    RawJson message = MessageJson.of(stored.entry(), NEW);
    deliveries.send(
        new Delivery.Entry(
            caller.tenant(),
            stored.entry().room(),
            stored.entry().offset(),
            stored.members(),
            message,
            caller.socket()));
    receipts.sent(caller, stored);
    return message;
  }
}
