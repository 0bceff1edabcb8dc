package org.carewire.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The network in front of a PostgreSQL, which fails at a moment of a transaction: of one that is
 * begun by the query {@code begin ...} and ended by the query {@code commit}, in lower case and
 * each alone, as the server's appends are. TLS is not understood.
 */
public final class PostgresProxy extends FaultProxy {
  /** What has come through of a transaction, and of its answers, when the connection fails. */
  public enum Moment {
    /** Nothing. */
    BEFORE_BEGIN,
    /** All but the commit, and the answers to it. */
    BEFORE_COMMIT,
    /** All, and PostgreSQL has committed, but its answer does not come through. */
    AFTER_COMMIT,
    /** All, and the answers but for the end of the last one. */
    WITHIN_ANSWER
  }

  private record Fault(Moment moment, boolean freezes, CompletableFuture<Void> happened) {
    void happen(Link link) {
      if (freezes) {
        link.freeze();
      } else {
        link.close();
      }
      happened.complete(null);
    }
  }

  private static final byte[] NOTHING = {};
  private static final byte QUERY = 'Q';
  private static final byte SYNC = 'S';
  private static final byte COMMAND_COMPLETE = 'C';
  private static final byte READY = 'Z';
  private static final int STARTUP_MAJOR_VERSION = 3;
  private static final int TLS_REQUEST = 80_877_103;
  private static final int GSS_REQUEST = 80_877_104;

  private final AtomicReference<@Nullable Fault> next = new AtomicReference<>();

  private PostgresProxy(int serverPort) {
    super(serverPort);
  }

  public static PostgresProxy before(TestPostgres.Database database) {
    return new PostgresProxy(database.port());
  }

  /** The next transaction has its connection cut then. Answers when that has happened. */
  public CompletableFuture<Void> cutAt(Moment moment) {
    return prepare(moment, false);
  }

  /**
   * Nothing passes through the connection of the next transaction from then on, until it is cut.
   */
  public CompletableFuture<Void> freezeAt(Moment moment) {
    return prepare(moment, true);
  }

  private CompletableFuture<Void> prepare(Moment moment, boolean freezes) {
    var happened = new CompletableFuture<Void>();
    next.set(new Fault(moment, freezes, happened));
    return happened;
  }

  private @Nullable Fault take(Moment... moments) {
    Fault fault = next.get();
    return fault != null
            && Arrays.asList(moments).contains(fault.moment)
            && next.compareAndSet(fault, null)
        ? fault
        : null;
  }

  @Override
  Wire wire(Link link) {
    var session = new Session(link);
    return new Wire(session.new Requests(), session.new Answers());
  }

  private static byte[] message(byte[] type, InputStream from) throws IOException {
    byte[] length = from.readNBytes(Integer.BYTES);
    if (length.length < Integer.BYTES) {
      return NOTHING;
    }
    byte[] body = from.readNBytes(ByteBuffer.wrap(length).getInt() - Integer.BYTES);
    return ByteBuffer.allocate(type.length + length.length + body.length)
        .put(type)
        .put(length)
        .put(body)
        .array();
  }

  /** The text of a message, without its end mark. */
  private static String text(byte[] message) {
    return new String(message, 5, message.length - 6, UTF_8);
  }

  private final class Session {
    private final Link link;
    private volatile boolean encryptionAsked;
    private volatile @Nullable Fault fault;

    /**
     * What PostgreSQL has not said that it is ready after; the start of the session is the first.
     */
    private final AtomicInteger unanswered = new AtomicInteger(1);

    Session(Link link) {
      this.link = link;
    }

    final class Requests implements Stream {
      private boolean started;

      @Override
      public byte[] read(InputStream from) throws IOException {
        if (started) {
          return message(from.readNBytes(1), from);
        }
        byte[] message = message(NOTHING, from);
        if (message.length >= 2 * Integer.BYTES) {
          int code = ByteBuffer.wrap(message).getInt(Integer.BYTES);
          started = code >>> Short.SIZE == STARTUP_MAJOR_VERSION;
          encryptionAsked = code == TLS_REQUEST || code == GSS_REQUEST;
        }
        return message;
      }

      @Override
      public void pass(byte[] message, OutputStream to) throws IOException {
        if (message[0] == QUERY && fault == null) {
          fault = faultAt(text(message));
        }
        switch (fault) {
          case Fault now when now.moment == Moment.BEFORE_BEGIN -> now.happen(link);
          case Fault now when now.moment == Moment.BEFORE_COMMIT -> happenOnceAnswered(now);
          case null, default -> {
            if (message[0] == QUERY || message[0] == SYNC) {
              unanswered.incrementAndGet();
            }
            to.write(message);
          }
        }
      }

      private @Nullable Fault faultAt(String sql) {
        if (sql.startsWith("begin")) {
          return take(Moment.BEFORE_BEGIN);
        }
        return sql.equals("commit")
            ? take(Moment.BEFORE_COMMIT, Moment.AFTER_COMMIT, Moment.WITHIN_ANSWER)
            : null;
      }
    }

    private void happenOnceAnswered(Fault now) {
      if (unanswered.get() == 0) {
        now.happen(link);
      }
    }

    final class Answers implements Stream {
      @Override
      public byte[] read(InputStream from) throws IOException {
        byte[] type = from.readNBytes(1);
        if (encryptionAsked && type.length == 1) {
          encryptionAsked = false;
          return type;
        }
        return type.length == 0 ? type : message(type, from);
      }

      @Override
      public void pass(byte[] message, OutputStream to) throws IOException {
        boolean last = message[0] == COMMAND_COMPLETE && text(message).matches("COMMIT|ROLLBACK");
        switch (fault) {
          case Fault now when now.moment == Moment.AFTER_COMMIT -> {
            if (last) {
              now.happen(link);
            }
          }
          case Fault now when now.moment == Moment.WITHIN_ANSWER && last -> {
            to.write(message, 0, message.length / 2);
            now.happen(link);
          }
          case null, default -> {
            to.write(message);
            if (message[0] == READY && unanswered.decrementAndGet() == 0) {
              withheld();
            }
          }
        }
      }

      private void withheld() {
        Fault now = fault;
        if (now != null && now.moment == Moment.BEFORE_COMMIT) {
          now.happen(link);
        }
      }
    }
  }
}
