package org.carewire.gateway;

import org.carewire.protocol.CloseCode;
import org.carewire.protocol.Limits;
import org.jspecify.annotations.Nullable;

/** What is the same for all transports: who gets a session, and which of its frames are read. */
final class FrontDoor {
  private final Limits limits;
  private final SharedLimits shared;
  private final SessionLife life;

  FrontDoor(Limits limits, SharedLimits shared, SessionLife life) {
    this.limits = limits;
    this.shared = shared;
    this.life = life;
  }

  Limits limits() {
    return limits;
  }

  /** Whether nobody can come in any more. */
  boolean isDraining() {
    return life.isDraining();
  }

  /**
   * Begins a session.
   *
   * @param bearerToken what the request that opened the connection had in its header
   * @return absent where none is to be had: the connection is closed then
   */
  @Nullable Session open(Connection connection, Dialect dialect, @Nullable String bearerToken) {
    if (isDraining()) {
      connection.close(CloseCode.RESTARTING);
      return null;
    }
    if (shared.isTooManyConnections(connection.address())) {
      connection.close(CloseCode.TOO_MANY);
      return null;
    }
    return life.open(connection, dialect, bearerToken);
  }

  /** The peer has shown that it is there. */
  void seen(Session session) {
    life.seen(session);
  }

  /** The client has sent a frame. */
  void receive(Session session, byte[] utf8) {
    // A client may make the server answer without ever reading.
    if (!session.isOpen() || session.closeIfCongested()) {
      return;
    }
    if (session.rates().isFlooding()) {
      session.close(CloseCode.TOO_MANY);
    } else if (utf8.length > limits.frameBytes()) {
      session.close(CloseCode.TOO_LARGE);
    } else {
      session.receive(utf8);
    }
  }

  /**
   * The connection is gone.
   *
   * @param closeCode as the transport saw it
   */
  void ended(Session session, int closeCode) {
    life.ended(session, closeCode);
  }

  /** Whether so many sessions were asked for that are not there that somebody must be guessing. */
  boolean isGuessing(ClientAddress address) {
    return shared.isGuessing(address);
  }

  /** A session was asked for that is not there. */
  void noteGuess(ClientAddress address) {
    shared.noteGuess(address);
  }
}
