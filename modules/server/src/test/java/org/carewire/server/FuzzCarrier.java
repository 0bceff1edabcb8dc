package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.carewire.testkit.Json;
import org.carewire.testkit.RawHttp;
import org.carewire.testkit.RawWebSocket;

/** Brings bytes to the server as they are, and the frames that come back. */
interface FuzzCarrier extends AutoCloseable {
  void send(byte[] payload);

  @Override
  void close();

  /**
   * Connects.
   *
   * @param onFrame each frame of a session
   * @param onEnd the close code, once or more
   */
  static FuzzCarrier open(FuzzDoor door, URI server, Consumer<String> onFrame, IntConsumer onEnd) {
    String session = "/eventbus/000/" + UUID.randomUUID();
    return switch (door) {
      case JSON -> webSocket(server, "/ws", onFrame, onEnd);
      case BRIDGE -> webSocket(server, "/eventbus/websocket", onFrame, onEnd);
      case SOCKJS ->
          webSocket(
              server, session + "/websocket", frame -> receive(frame, onFrame, code -> {}), onEnd);
      case XHR -> new Xhr(server, session, onFrame, onEnd);
    };
  }

  private static FuzzCarrier webSocket(
      URI server, String path, Consumer<String> onFrame, IntConsumer onEnd) {
    URI address = URI.create("ws://" + server.getAuthority() + path);
    var socket = new RawWebSocket(address, Map.of(), onFrame, onEnd);
    socket.start();
    return new FuzzCarrier() {
      @Override
      public void send(byte[] payload) {
        socket.send(RawWebSocket.TEXT, true, payload);
      }

      @Override
      public void close() {
        socket.drop();
      }
    };
  }

  /** Reads a frame of SockJS. */
  private static void receive(String frame, Consumer<String> onFrame, IntConsumer onEnd) {
    switch (frame.isEmpty() ? ' ' : frame.charAt(0)) {
      case 'o', 'h' -> {}
      case 'a' -> {
        for (JsonNode message : Json.parse(frame.substring(1))) {
          onFrame.accept(message.textValue());
        }
      }
      case 'c' -> onEnd.accept(Json.parse(frame.substring(1)).get(0).intValue());
      default -> throw new AssertionError("Not a frame of SockJS: " + frame);
    }
  }

  /** Polls for what comes, and sends by {@code xhr_send}. */
  final class Xhr implements FuzzCarrier {
    private static final int LOST = 1006;

    private final RawHttp receiving;
    private final RawHttp sending;
    private final String session;

    private Xhr(URI server, String session, Consumer<String> onFrame, IntConsumer onEnd) {
      this.session = session;
      receiving = new RawHttp(server);
      sending = new RawHttp(server);
      poll(onFrame, onEnd);
      Thread.ofVirtual()
          .name("fuzz-poll")
          .start(
              () -> {
                boolean[] isOver = {false};
                while (!isOver[0]) {
                  poll(
                      onFrame,
                      code -> {
                        isOver[0] = true;
                        onEnd.accept(code);
                      });
                }
              });
    }

    private void poll(Consumer<String> onFrame, IntConsumer onEnd) {
      try {
        String frame = receiving.post(session + "/xhr", "").text();
        receive(frame.strip(), onFrame, onEnd);
      } catch (IOException | UncheckedIOException e) {
        onEnd.accept(LOST);
      }
    }

    @Override
    public void send(byte[] payload) {
      int status;
      try {
        RawHttp.Answer answer =
            sending.ask(
                "POST", session + "/xhr_send", Map.of("Content-Type", "text/plain"), payload);
        answer.text();
        status = answer.status();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      int expected = 204;
      if (payload.length > Fate.SOCKJS_BYTES) {
        expected = 413;
      } else if (Fate.ofMessages(payload).isEmpty()) {
        expected = 500;
      }
      // Of a session that has just ended; the poll tells how.
      if (status != expected && status != 404) {
        throw new AssertionError("xhr_send was answered " + status + ", not " + expected);
      }
    }

    @Override
    public void close() {
      receiving.drop();
      sending.drop();
    }
  }
}
