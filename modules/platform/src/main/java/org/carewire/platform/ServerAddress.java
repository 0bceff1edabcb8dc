package org.carewire.platform;

/**
 * Where a server listens.
 *
 * @param host a name or an address, without brackets
 */
public record ServerAddress(String host, int port) {

  /** As in a URL. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
