package org.carewire.platform;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How nodes find and reach each other.
 *
 * @param host address to bind; absent where Hazelcast is to choose
 * @param port of Hazelcast
 * @param busPort of the event bus
 * @param advertised where others reach this node, if that is somewhere else
 * @param tls of the event bus
 */
public record ClusterConfig(
    String name,
    Join join,
    @Nullable String host,
    int port,
    int busPort,
    @Nullable Advertised advertised,
    @Nullable Tls tls) {

  /** How a node finds the others. */
  public sealed interface Join {
    /** Some of them, each as {@code host} or {@code host:port}. */
    record Members(List<String> addresses) implements Join {}

    /** A name that has the address of each. */
    record Dns(String name) implements Join {}

    /** A service of Kubernetes, whose endpoints they are. */
    record Kubernetes(String service) implements Join {}
  }

  /** An address behind which a network forwards to this node. */
  public record Advertised(String host, int port, int busPort) {}

  /**
   * PEM files; each node checks that the certificates of the others are of the authority.
   *
   * @param key in PKCS#8
   */
  public record Tls(Path certificate, Path key, Path authority) {}
}
