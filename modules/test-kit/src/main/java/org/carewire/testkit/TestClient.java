package org.carewire.testkit;

import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A client of one session, whatever the transport. Whoever waits gives up at a deadline. */
public interface TestClient extends AutoCloseable {
  Duration DEADLINE = Duration.ofSeconds(5);

  /** Is told what comes, in the order of its arrival, by one thread. */
  interface Witness {
    void happened(String event, JsonNode data);

    /** Nothing comes any more. */
    void ended(int code);
  }

  /** Begins the session. Answers what {@code connected} says; that event is there to be taken. */
  JsonNode hello(JsonNode data);

  /** Tries to begin the session. Answers the refusal, {@code {error, code}}. */
  JsonNode refusedHello(JsonNode data);

  /** As the server named this session. */
  String socketId();

  /** Sends a request. It fails when the connection ends without a reply. */
  CompletableFuture<JsonNode> ask(String event, JsonNode data);

  /** Sends what wants no reply. */
  void send(String event, JsonNode data);

  /** Sends a text frame, whatever it says. */
  void sendRaw(String frame);

  void sendBinary(byte[] frame);

  /** Takes the next event of this name that the test accepts. */
  JsonNode next(String event, Predicate<? super JsonNode> which, Duration deadline);

  /** Takes the events of this name that have come. */
  List<JsonNode> takeAll(String event);

  /**
   * From now on events go to the witness, and are not there to be taken. For tests of the order of
   * events of different names.
   */
  void tellTo(Witness witness);

  /** For how long nothing has come, pings included. */
  Duration silence();

  /** Waits for the server's ping that comes after this call. */
  void awaitPing();

  /** From now on pings go unanswered. */
  void stopAnsweringPings();

  /** From now on nothing is read from the connection. */
  void stopReading();

  void resumeReading();

  /** Ends the connection without a word, like a network that is lost. */
  void drop();

  /** The code that the server closed the connection with; 1006 where it gave none. */
  int awaitClose(Duration deadline);

  @Override
  void close();

  default int awaitClose() {
    return awaitClose(DEADLINE);
  }

  default JsonNode hello(String token) {
    return hello(object("token", token));
  }

  default JsonNode refusedHello(String token) {
    return refusedHello(object("token", token));
  }

  default JsonNode next(String event) {
    return next(event, DEADLINE);
  }

  default JsonNode next(String event, Duration deadline) {
    return next(event, any -> true, deadline);
  }

  default JsonNode next(String event, Predicate<? super JsonNode> which) {
    return next(event, which, DEADLINE);
  }

  default JsonNode request(String event, JsonNode data) {
    return await(ask(event, data));
  }

  /** A round trip: what the server had for this session before, has come. */
  default void fence() {
    request("room:list", object("limit", 1));
  }

  /**
   * That no event of this name came. Say it once another session has seen the effect that must not
   * be seen here.
   */
  default void expectNone(String event) {
    fence();
    List<JsonNode> came = takeAll(event);
    if (!came.isEmpty()) {
      throw new AssertionError("Unexpected " + event + ": " + came);
    }
  }

  /** The reply to an earlier {@link #ask}. */
  static JsonNode await(CompletableFuture<JsonNode> reply) {
    try {
      return reply.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw EventInbox.interrupted(e);
    } catch (ExecutionException e) {
      throw new AssertionError("No reply", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("No reply within " + DEADLINE, e);
    }
  }
}
