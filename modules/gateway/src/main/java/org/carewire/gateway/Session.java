package org.carewire.gateway;

import java.time.Instant;
import java.util.UUID;
import org.carewire.protocol.Caller;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.DeviceId;
import org.carewire.protocol.SocketId;
import org.jspecify.annotations.Nullable;

/**
 * One live connection, whatever its transport. Lives on one event loop.
 *
 * <p>Of what may wait for its peer, signals fill a quarter and entries a half; what is beyond that
 * is left out, or read from the log later. Only replies fill the rest, and beyond it the session
 * ends.
 */
final class Session {
  private final SocketId id = new SocketId(UUID.randomUUID().toString());
  private final Connection connection;
  private final Dialect dialect;
  private @Nullable String bearerToken;
  private final RequestRates rates;
  private final int maxQueuedBytes;
  private final Instant openedAt;
  private final SessionRooms rooms = new SessionRooms();
  private final SessionPresence presence = new SessionPresence();
  private @Nullable SessionCalls calls;
  private Instant lastSeenAt;
  private Instant nextPingAt;
  private @Nullable Caller caller;
  private @Nullable Following following;
  private boolean connected;
  private long unreadVersion = -1;
  private int requests;
  private int sending;
  private Instant tokenIssuedAt = Instant.MAX;
  private Instant expiresAt = Instant.MAX;
  private @Nullable String epoch;
  private @Nullable CloseCode closedWith;
  private boolean ended;

  /**
   * A session that has not said hello.
   *
   * @param bearerToken what the request that opened it had in its {@code Authorization} header
   */
  Session(
      Connection connection,
      Dialect dialect,
      @Nullable String bearerToken,
      RequestRates rates,
      int maxQueuedBytes,
      Instant openedAt) {
    this.connection = connection;
    this.dialect = dialect;
    this.bearerToken = bearerToken;
    this.rates = rates;
    this.maxQueuedBytes = maxQueuedBytes;
    this.openedAt = openedAt;
    this.lastSeenAt = openedAt;
    this.nextPingAt = openedAt;
  }

  SocketId id() {
    return id;
  }

  @Nullable String bearerToken() {
    return bearerToken;
  }

  /** A token that came beside the hello, for a hello without one. */
  void offerToken(String token) {
    if (caller == null) {
      bearerToken = token;
    }
  }

  RequestRates rates() {
    return rates;
  }

  SessionRooms rooms() {
    return rooms;
  }

  SessionPresence presence() {
    return presence;
  }

  /** What it has to do with calls; absent in most sessions, which never call. */
  @Nullable SessionCalls calls() {
    return calls;
  }

  /** The same where it may be the first time. */
  SessionCalls beginCalls() {
    if (calls == null) {
      calls = new SessionCalls();
    }
    return calls;
  }

  Instant openedAt() {
    return openedAt;
  }

  ClientAddress address() {
    return connection.address();
  }

  /** Who it is; absent before hello. */
  @Nullable Caller caller() {
    return caller;
  }

  /** Where it stands in the logs of its rooms; absent before hello. */
  @Nullable Following following() {
    return following;
  }

  void follow(Following logs) {
    following = logs;
  }

  /** Whether a message of it is on its way to the log. */
  boolean isSending() {
    return sending > 0;
  }

  void beginSending() {
    sending++;
  }

  void endSending() {
    sending--;
  }

  /** Whether it has asked something that is not answered yet. */
  boolean isAsking() {
    return requests > 0;
  }

  void beginRequest() {
    requests++;
  }

  void endRequest() {
    requests--;
  }

  /** Whether its client has been told that it is connected, and may make requests. */
  boolean isConnected() {
    return connected;
  }

  void connected() {
    connected = true;
  }

  /** Of the last count of unread notifications that it was told; below all where it was none. */
  long unreadVersion() {
    return unreadVersion;
  }

  void toldUnread(long version) {
    unreadVersion = version;
  }

  /** Whether it may still be given a user, rooms and events. */
  boolean isOpen() {
    return closedWith == null && !ended;
  }

  /** The connection is gone. */
  void ended() {
    ended = true;
  }

  @Nullable CloseCode closedWith() {
    return closedWith;
  }

  void authenticate(Principal principal, @Nullable DeviceId device) {
    bearerToken = null;
    caller = principal.caller(id, device);
    tokenIssuedAt = principal.issuedAt();
    expiresAt = principal.expiresAt();
  }

  Instant tokenIssuedAt() {
    return tokenIssuedAt;
  }

  /** The client is told that offsets belong to this epoch. */
  void toldEpoch(String told) {
    epoch = told;
  }

  /** Whether the client was told another epoch. */
  boolean isOutOfEpoch(String present) {
    return epoch != null && !epoch.equals(present);
  }

  boolean isExpired(Instant now) {
    return !now.isBefore(expiresAt);
  }

  void seen(Instant now) {
    lastSeenAt = now;
  }

  Instant lastSeenAt() {
    return lastSeenAt;
  }

  Instant nextPingAt() {
    return nextPingAt;
  }

  void pingAt(Instant next) {
    nextPingAt = next;
  }

  void ping() {
    connection.ping();
  }

  String transport() {
    return connection.transport();
  }

  /** Does what a frame of the client asks for. */
  void receive(byte[] utf8) {
    dialect.receive(this, utf8);
  }

  /** Sends what must not be missed; a peer too slow for it is closed, to resume later. */
  void send(OutboundEvent event) {
    Frame frame = dialect.frame(event);
    if (frame != null) {
      write(frame);
    }
  }

  /** Sends what may be missed; answers whether it was. */
  boolean signal(OutboundEvent event) {
    if (!connected || !isDrained()) {
      return false;
    }
    Frame frame = dialect.frame(event);
    if (frame != null) {
      connection.send(frame);
    }
    return true;
  }

  /** Sends a frame that must not be missed. */
  void write(Frame frame) {
    if (!closeIfCongested()) {
      connection.send(frame);
    }
  }

  int queuedBytes() {
    return connection.queuedBytes();
  }

  /** Whether so much waits for the peer that entries are to be read from the log later. */
  boolean isSlow() {
    return connection.queuedBytes() > maxQueuedBytes / 2;
  }

  /** Whether little enough waits for the peer that it may be sent more of the log. */
  boolean isDrained() {
    return connection.queuedBytes() <= maxQueuedBytes / 4;
  }

  /** Closes a session whose peer is too slow; answers whether it was. */
  boolean closeIfCongested() {
    if (connection.queuedBytes() > maxQueuedBytes) {
      close(CloseCode.TOO_SLOW);
      return true;
    }
    return false;
  }

  void close(CloseCode code) {
    if (closedWith == null) {
      closedWith = code;
      connection.close(code);
    }
  }

  /** Ends the connection to a peer that is gone. */
  void drop() {
    connection.drop();
  }
}
