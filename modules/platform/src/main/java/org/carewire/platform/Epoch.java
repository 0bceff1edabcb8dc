package org.carewire.platform;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Names the history that offsets belong to, as far as this node knows: an operator may change it
 * while the node runs. Safe for all threads.
 */
public final class Epoch {
  private volatile @Nullable String name;

  /** The present one; known before anything asks. */
  public String current() {
    return Objects.requireNonNull(name, "The epoch has not been read yet");
  }

  /** Answers whether another one was known before. */
  public synchronized boolean set(String read) {
    boolean isAnother = name != null && !read.equals(name);
    name = read;
    return isAnother;
  }
}
