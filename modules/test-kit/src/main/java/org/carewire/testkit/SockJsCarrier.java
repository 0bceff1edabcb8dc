package org.carewire.testkit;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** One of the ways in which SockJS carries the messages of a session, both ways and in order. */
interface SockJsCarrier {

  /** Is told what comes, by one thread. */
  interface Listener {
    void received(String message);

    /** A ping of the server that wants an answer in the session's own words. */
    void pinged();

    /** Nothing comes any more. */
    void ended(int code);
  }

  /** Receives from now on. */
  void start();

  void send(String message);

  void sendBinary(byte[] frame);

  Pings pings();

  /** From now on nothing shows the server that this side lives. */
  void fallSilent();

  void pauseReading();

  void resumeReading();

  void drop();

  void close();

  /** The path of a new session of that transport. */
  static String path(String transport) {
    int server = ThreadLocalRandom.current().nextInt(1_000);
    return "/eventbus/%03d/%s/%s".formatted(server, UUID.randomUUID(), transport);
  }
}
