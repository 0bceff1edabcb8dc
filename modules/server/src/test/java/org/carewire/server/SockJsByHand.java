package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.carewire.testkit.RawHttp;
import org.carewire.testkit.RawHttp.Answer;

/** The HTTP requests of one SockJS session, one by one. */
final class SockJsByHand implements AutoCloseable {
  private final URI server;
  private final String path;
  private final List<RawHttp> connections = new ArrayList<>();
  private final RawHttp sending;

  private SockJsByHand(URI server, String path) {
    this.server = server;
    this.path = path;
    this.sending = connection();
  }

  /** A session to be. */
  static SockJsByHand at(URI server) {
    return new SockJsByHand(server, "/eventbus/000/" + UUID.randomUUID());
  }

  /** The same session, by the path that a client has that chose another server. */
  SockJsByHand byAnotherServer() {
    return new SockJsByHand(server, path.replace("/000/", "/999/"));
  }

  /** A frame that is answered at once by a frame that holds the name, before hello too. */
  static String knock(String name) {
    return "{\"type\":\"send\",\"address\":\"nowhere\",\"replyAddress\":\"" + name + "\"}";
  }

  /** Asks for anything, on a connection of its own. */
  Answer ask(String method, String path) throws IOException {
    return connection().ask(method, path, Map.of(), new byte[0]);
  }

  /** Asks for something of the session, on a connection of its own. */
  Answer get(String transport) throws IOException {
    return ask("GET", path + "/" + transport);
  }

  Answer post(String transport) throws IOException {
    return ask("POST", path + "/" + transport);
  }

  /** One poll, read to its end. */
  String poll() throws IOException {
    Answer answer = post("xhr");
    assertThat(answer.status()).isEqualTo(200);
    return answer.text();
  }

  Answer send(String transport, String contentType, String payload) throws IOException {
    return sending.ask(
        "POST",
        path + "/" + transport,
        Map.of("Content-Type", contentType),
        payload.getBytes(StandardCharsets.UTF_8));
  }

  Answer xhrSend(String payload) throws IOException {
    return send("xhr_send", "text/plain", payload);
  }

  /** Sends one bridge frame. */
  void send(String frame) throws IOException {
    assertThat(xhrSend("[\"" + frame.replace("\\", "\\\\").replace("\"", "\\\"") + "\"]").status())
        .isEqualTo(204);
  }

  /** Reads from a stream until it has come to that text. */
  static String readTo(String last, Answer stream) throws IOException {
    var read = new ByteArrayOutputStream();
    while (!read.toString(StandardCharsets.UTF_8).endsWith(last)) {
      int next = stream.body().read();
      if (next < 0) {
        throw new AssertionError("The stream ended with " + read.toString(StandardCharsets.UTF_8));
      }
      read.write(next);
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    connections.forEach(RawHttp::drop);
  }

  private RawHttp connection() {
    var connection = new RawHttp(server);
    connections.add(connection);
    return connection;
  }
}
