package org.carewire.gateway;

import org.carewire.protocol.CloseCode;

/** What carries the frames of a session. Used on the session's event loop only. */
interface Connection {
  /** The name of its kind in metrics. */
  String transport();

  /** The client's address, by which connections are counted. */
  ClientAddress address();

  void send(Frame frame);

  /** How much waits for the peer; 0 once the connection closes. */
  int queuedBytes();

  /** Asks the peer for a sign of life. */
  void ping();

  /** Sends what waits and the reason, and ends the connection however the peer behaves. */
  void close(CloseCode code);

  /** Ends the connection to a peer that is gone. */
  void drop();
}
