package org.carewire.notifications;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.Map;

/** What is sent for a push, by POST. Its URL and its headers are secrets, so it does not print. */
record PushRequest(URI uri, Map<String, String> headers, Buffer body) {
  @Override
  public String toString() {
    return "PushRequest[" + body.length() + " bytes]";
  }
}
