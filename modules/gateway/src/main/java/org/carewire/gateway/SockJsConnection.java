package org.carewire.gateway;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.Shareable;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.carewire.protocol.CloseCode;
import org.jspecify.annotations.Nullable;

/**
 * A session's connection over HTTP requests: a response that is open most of the time takes what is
 * for the client, other requests bring what comes from it. Lives on one event loop; what concerns
 * requests of other event loops comes over by its {@link #context}.
 */
final class SockJsConnection implements Connection, Shareable {
  /** How long a client may be without an open response, and its end can be asked for. */
  private static final long AWAY_MS = 5_000;

  /** How long the reason of a close may wait for the client before the session counts as ended. */
  private static final long CLOSE_MS = 2_000;

  /** RFC 6455, 7.1.5: the connection ended without a close. */
  private static final int GONE = 1006;

  /** A browser keeps all that came in a response: it ends after so many bytes, for a new one. */
  private static final int STREAM_BYTES = 128 * 1_024;

  private final String id;
  private final Map<String, SockJsConnection> byId;
  private final Vertx vertx;
  private final Context context;
  private final FrontDoor door;
  private final ClientAddress address;
  private final Queue<Frame> waiting = new ArrayDeque<>();
  private final AtomicReference<@Nullable Object> sender = new AtomicReference<>();
  private @Nullable Session session;
  private @Nullable SockJsResponse response;
  private @Nullable SockJsResponse lastUsed;
  private boolean opened;
  private boolean flushing;
  private boolean ended;
  private int waitingBytes;
  private int unsentBytes;
  private int responseBytes;
  private byte @Nullable [] closeFrame;
  private int closeCode = GONE;
  private long timer = -1;

  /**
   * A connection that no response belongs to yet.
   *
   * @param byId all of the node, where this one is found by the requests to come
   */
  SockJsConnection(
      String id,
      Map<String, SockJsConnection> byId,
      Vertx vertx,
      Context context,
      FrontDoor door,
      ClientAddress address) {
    this.id = id;
    this.byId = byId;
    this.vertx = vertx;
    this.context = context;
    this.door = door;
    this.address = address;
  }

  /** Begins the session, or closes the connection where there is none to be had. */
  void open(Dialect dialect, @Nullable String bearerToken) {
    session = door.open(this, dialect, bearerToken);
    if (session == null) {
      // Its first response tells why, without a session to open.
      opened = true;
      ended = true;
      forget();
    } else {
      awaitClient();
    }
  }

  Context context() {
    return context;
  }

  /** A request has come whose response takes what is for the client. */
  void attach(SockJsResponse next) {
    if (response != null) {
      next.refuse(SockJsFrames.ANOTHER_CONNECTION);
      return;
    }
    if (session != null && !ended) {
      door.seen(session);
    }
    next.begin(() -> lost(next));
    response = next;
    responseBytes = 0;
    if (closeFrame == null) {
      vertx.cancelTimer(timer);
    }
    if (!opened) {
      opened = true;
      sendNow(SockJsFrames.OPEN);
    }
    flush();
  }

  /** Whether a request may bring frames: one at a time, as clients do. On any event loop. */
  boolean beginSending(Object request) {
    return sender.compareAndSet(null, request);
  }

  /** The request has brought its frames, or will bring none. May be said again. */
  void endSending(Object request) {
    sender.compareAndSet(request, null);
  }

  /** Frames have come from the client; answers whether there is a session to take them. */
  boolean receive(Iterable<byte[]> frames) {
    if (session == null || ended || closeFrame != null) {
      return false;
    }
    door.seen(session);
    for (byte[] frame : frames) {
      door.receive(session, frame);
    }
    return true;
  }

  /** The client has sent more than it may. */
  void tooLarge() {
    if (session != null) {
      session.close(CloseCode.TOO_LARGE);
    }
  }

  @Override
  public String transport() {
    return "sockjs-http";
  }

  @Override
  public ClientAddress address() {
    return address;
  }

  @Override
  public void send(Frame frame) {
    if (closeFrame == null && !ended) {
      waiting.add(frame);
      waitingBytes += frame.utf8().length;
      if (!flushing) {
        // All that this turn of the event loop brings goes in one frame.
        flushing = true;
        context.runOnContext(_ -> flush());
      }
    }
  }

  @Override
  public int queuedBytes() {
    return closeFrame == null ? waitingBytes + unsentBytes : 0;
  }

  @Override
  public void ping() {
    if (closeFrame == null && response != null) {
      sendNow(SockJsFrames.HEARTBEAT);
    }
  }

  @Override
  public void close(CloseCode code) {
    closeCode = code.value();
    closeWith(SockJsFrames.close(code));
    vertx.setTimer(CLOSE_MS, _ -> end());
  }

  @Override
  public void drop() {
    SockJsResponse present = response;
    response = null;
    if (present != null) {
      present.drop();
    }
    forget();
  }

  /** From now on the client is told the reason, once what waits is sent. */
  private void closeWith(byte[] reason) {
    if (closeFrame == null) {
      closeFrame = reason;
      vertx.cancelTimer(timer);
      timer = vertx.setTimer(AWAY_MS, _ -> forget());
      flush();
    }
  }

  private void flush() {
    flushing = false;
    if (response != null && !waiting.isEmpty()) {
      byte[] frame = SockJsFrames.messages(waiting);
      waiting.clear();
      waitingBytes = 0;
      sendNow(frame);
    }
    SockJsResponse last = response;
    if (last != null && closeFrame != null) {
      response = null;
      send(last, closeFrame, _ -> end());
      last.end();
    }
  }

  /** Sends one frame, and lets go of a response that takes no more. */
  private void sendNow(byte[] frame) {
    SockJsResponse present = response;
    if (present == null) {
      return;
    }
    responseBytes +=
        send(
            present,
            frame,
            isSent -> {
              if (!isSent) {
                interrupted();
              }
            });
    if (!present.kind().streams() || responseBytes >= STREAM_BYTES) {
      present.end();
      response = null;
      awaitClient();
    }
  }

  private int send(SockJsResponse present, byte[] frame, Consumer<Boolean> onSent) {
    lastUsed = present;
    unsentBytes += frame.length;
    return present.send(
        frame,
        isSent -> {
          unsentBytes -= frame.length;
          onSent.accept(isSent);
        });
  }

  private void awaitClient() {
    if (closeFrame == null) {
      vertx.cancelTimer(timer);
      timer = vertx.setTimer(AWAY_MS, _ -> forgetUnlessBusy());
    }
  }

  /** A client that still reads what it was sent cannot have asked for more. */
  private void forgetUnlessBusy() {
    if (unsentBytes > 0) {
      awaitClient();
    } else {
      forget();
    }
  }

  /** The connection of a response has broken before its end. */
  private void lost(SockJsResponse broken) {
    if (response == broken) {
      interrupted();
    }
  }

  private void interrupted() {
    response = null;
    closeWith(SockJsFrames.CONNECTION_INTERRUPTED);
    end();
  }

  /** Nobody is told any more how this ended. */
  private void forget() {
    vertx.cancelTimer(timer);
    byId.remove(id, this);
    if (closeFrame == null) {
      closeFrame = SockJsFrames.CONNECTION_INTERRUPTED;
    }
    end();
  }

  private void end() {
    if (lastUsed != null && unsentBytes > 0) {
      // The peer reads too slowly, or not at all.
      lastUsed.drop();
    }
    if (!ended && session != null) {
      ended = true;
      door.ended(session, closeCode);
    }
  }
}
