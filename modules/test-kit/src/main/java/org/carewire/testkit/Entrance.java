package org.carewire.testkit;

/** The ways into the server. */
public enum Entrance {
  WEBSOCKET,
  SOCKJS_WEBSOCKET,
  SOCKJS_RAW_WEBSOCKET,
  SOCKJS_XHR_STREAMING,
  SOCKJS_XHR_POLLING,
  SOCKJS_EVENT_SOURCE;

  public TestTransport transport() {
    return switch (this) {
      case WEBSOCKET -> WebSocketTestClient.TRANSPORT;
      case SOCKJS_WEBSOCKET -> SockJsTestClient.WEBSOCKET;
      case SOCKJS_RAW_WEBSOCKET -> SockJsTestClient.RAW_WEBSOCKET;
      case SOCKJS_XHR_STREAMING -> SockJsTestClient.XHR_STREAMING;
      case SOCKJS_XHR_POLLING -> SockJsTestClient.XHR_POLLING;
      case SOCKJS_EVENT_SOURCE -> SockJsTestClient.EVENT_SOURCE;
    };
  }
}
