package org.carewire.server;

import org.carewire.testkit.Entrance;
import org.junit.jupiter.api.Nested;

/** The contract, kept by SockJS's EventSource. */
@Through(Entrance.SOCKJS_EVENT_SOURCE)
class SockJsEventSourceContractTest {
  @Nested
  class Sessions extends SessionContract {}

  @Nested
  class TokenLife extends TokenLifeContract {}

  @Nested
  class Heartbeat extends HeartbeatContract {}

  @Nested
  class Rooms extends RoomContract {}

  @Nested
  class RoomAccess extends RoomAccessContract {}

  @Nested
  class RoomList extends RoomListContract {}

  @Nested
  class Messages extends MessageContract {}

  @Nested
  class MessageRules extends MessageRulesContract {}

  @Nested
  class RepeatedMessages extends RepeatedMessageContract {}

  @Nested
  class Receipts extends ReceiptContract {}

  @Nested
  class History extends HistoryContract {}

  @Nested
  class Typing extends TypingContract {}

  @Nested
  class Presence extends PresenceContract {}

  @Nested
  class Calls extends CallContract {}

  @Nested
  class GroupCalls extends GroupCallContract {}

  @Nested
  class CallTimeouts extends CallTimeoutContract {}

  @Nested
  class CallSignals extends CallSignalContract {}

  @Nested
  class CallRecords extends CallRecordContract {}

  @Nested
  class MalformedRequests extends MalformedRequestContract {}

  @Nested
  class RateLimits extends RateLimitContract {}

  @Nested
  class SlowReaders extends SlowReaderContract {}

  @Nested
  class CatchUp extends CatchUpContract {}

  @Nested
  class Notifications extends NotificationContract {}

  @Nested
  class MissedNotifications extends MissedNotificationContract {}

  @Nested
  class Topics extends TopicContract {}
}
