package org.carewire.testkit;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** How a session's messages come over HTTP. */
enum HttpReceiving {
  XHR_POLLING("POST", "xhr"),
  XHR_STREAMING("POST", "xhr_streaming"),
  EVENT_SOURCE("GET", "eventsource");

  private static final String DATA = "data: ";

  private final String method;
  private final String transport;

  HttpReceiving(String method, String transport) {
    this.method = method;
    this.transport = transport;
  }

  String method() {
    return method;
  }

  /** The last part of its path. */
  String transport() {
    return transport;
  }

  /** Whether an answer holds a single frame. */
  boolean isPolling() {
    return this == XHR_POLLING;
  }

  /** The frame in a line of an answer; empty where it is there for old browsers only. */
  String frame(String line) {
    return switch (this) {
      case XHR_POLLING -> line;
      case XHR_STREAMING -> line.startsWith("hh") ? "" : line;
      case EVENT_SOURCE -> line.isEmpty() ? "" : decodeUri(data(line));
    };
  }

  /** As the browser's clients of SockJS do; a percent sign that begins no escape is an error. */
  private static String decodeUri(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static String data(String line) {
    if (!line.startsWith(DATA)) {
      throw new AssertionError("Not an event: " + line);
    }
    return line.substring(DATA.length());
  }
}
