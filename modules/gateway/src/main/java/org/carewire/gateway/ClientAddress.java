package org.carewire.gateway;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a client comes from.
 *
 * @param text an IP address
 * @param isOwnMachine whether it is a program beside the server, which connections are not counted
 *     of; never so for an address that a proxy told
 */
record ClientAddress(String text, boolean isOwnMachine) {
  private static final Pattern IP = Pattern.compile("[0-9a-fA-F.:]{2,45}");

  /**
   * The address of the peer or, behind a proxy, what the proxy added: the last one of {@code
   * X-Forwarded-For}. What stands before it is the client's own word.
   */
  static ClientAddress of(HttpServerRequest request, boolean behindProxy) {
    String told = behindProxy ? last(request.headers().getAll("X-Forwarded-For")) : null;
    if (told != null && IP.matcher(told).matches()) {
      return new ClientAddress(told, false);
    }
    String peer = request.remoteAddress().host();
    return new ClientAddress(peer, isLoopback(peer));
  }

  private static @Nullable String last(List<String> headers) {
    String last = headers.isEmpty() ? null : headers.getLast();
    return last == null ? null : last.substring(last.lastIndexOf(',') + 1).trim();
  }

  private static boolean isLoopback(String address) {
    return address.startsWith("127.") || address.equals("0:0:0:0:0:0:0:1") || address.equals("::1");
  }
}
