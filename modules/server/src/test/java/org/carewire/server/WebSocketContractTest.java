package org.carewire.server;

import org.carewire.testkit.TestTransport;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.Nested;

/** The contract, kept by {@code /ws}. */
class WebSocketContractTest {
  @Nested
  class Sessions extends SessionContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class TokenLife extends TokenLifeContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class Heartbeat extends HeartbeatContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class Rooms extends RoomContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class RoomAccess extends RoomAccessContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class RoomList extends RoomListContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class Messages extends MessageContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class MessageRules extends MessageRulesContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class RepeatedMessages extends RepeatedMessageContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class History extends HistoryContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class Typing extends TypingContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class MalformedRequests extends MalformedRequestContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class RateLimits extends RateLimitContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }

  @Nested
  class SlowReaders extends SlowReaderContract {
    @Override
    TestTransport transport() {
      return WebSocketTestClient.TRANSPORT;
    }
  }
}
