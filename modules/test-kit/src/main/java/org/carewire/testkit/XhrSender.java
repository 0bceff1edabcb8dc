package org.carewire.testkit;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Sends one request at a time; what comes meanwhile goes together with the next. */
final class XhrSender {
  private static final String END = "";

  private final RawHttp http;
  private final String path;
  private final Map<String, String> headers;
  private final BlockingQueue<String> waiting = new LinkedBlockingQueue<>();

  XhrSender(URI server, String path, Map<String, String> headers) {
    this.http = new RawHttp(server);
    this.path = path;
    this.headers = headers;
  }

  void start() {
    Thread.ofVirtual().name("sockjs-sender").start(this::sendAll);
  }

  void send(String message) {
    waiting.add(Json.write(Json.array(message)));
  }

  void stop() {
    waiting.add(END);
    http.drop();
  }

  private void sendAll() {
    try {
      List<String> batch = new ArrayList<>(List.of(waiting.take()));
      waiting.drainTo(batch);
      while (!batch.contains(END)) {
        http.ask("POST", path, headers, payload(batch)).body().readAllBytes();
        batch = new ArrayList<>(List.of(waiting.take()));
        waiting.drainTo(batch);
      }
    } catch (IOException e) {
      // The server has closed: the receiving side tells with which code.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The messages, each of which is an array of one, as one array. */
  private static byte[] payload(List<String> batch) {
    var messages = batch.stream().map(one -> one.substring(1, one.length() - 1)).toList();
    return ("[" + String.join(",", messages) + "]").getBytes(StandardCharsets.UTF_8);
  }
}
