package org.carewire.platform;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Chooses a node for a key so that it stays the same while others come and go. */
final class Rendezvous {
  private Rendezvous() {}

  /**
   * One of the nodes.
   *
   * @param key absent where any will do
   * @return null where there is none
   */
  static @Nullable NodeId choose(List<NodeId> nodes, @Nullable Integer key) {
    if (nodes.isEmpty()) {
      return null;
    }
    if (key == null) {
      return nodes.get(ThreadLocalRandom.current().nextInt(nodes.size()));
    }
    NodeId chosen = nodes.getFirst();
    for (NodeId node : nodes) {
      if (weight(node, key) > weight(chosen, key)) {
        chosen = node;
      }
    }
    return chosen;
  }

  /** Mixed well, as the hashes of like texts are alike. */
  private static long weight(NodeId node, int key) {
    long mixed = (((long) node.hashCode() << Integer.SIZE) | (key & 0xffff_ffffL)) * MIX;
    return (mixed ^ (mixed >>> Integer.SIZE)) * MIX;
  }

  private static final long MIX = 0x9e37_79b9_7f4a_7c15L;
}
