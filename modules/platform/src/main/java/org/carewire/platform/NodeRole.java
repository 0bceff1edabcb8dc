package org.carewire.platform;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.carewire.protocol.Endpoint;

/** What a node does. */
public enum NodeRole {
  /** It holds the sessions of clients. */
  GATEWAY,
  CHAT,
  PRESENCE,
  /** Calls. */
  SIGNALING,
  NOTIFICATIONS;

  public static final Set<NodeRole> ALL = Set.copyOf(EnumSet.allOf(NodeRole.class));

  /**
   * The roles of another node, which may have some that are not known here.
   *
   * @param names with commas between them
   */
  static Set<NodeRole> named(String names) {
    List<String> all = List.of(names.split(","));
    return ALL.stream()
        .filter(role -> all.contains(role.name()))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The role of those who serve an endpoint, which is the first word of its address. */
  static NodeRole serving(Endpoint<?, ?> endpoint) {
    String address = endpoint.address();
    return valueOf(address.substring(0, address.indexOf('.')).toUpperCase(Locale.ROOT));
  }
}
