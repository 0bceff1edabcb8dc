package org.carewire.rooms;

import static java.util.Objects.requireNonNull;

/** A commit was sent and never answered: what it was to store may be stored or not. */
public final class UncertainCommit extends RuntimeException {
  private static final long serialVersionUID = 1;

  UncertainCommit(Throwable outage) {
    super(null, outage, false, false);
  }

  /** What kept the answer away. */
  public Throwable outage() {
    return requireNonNull(getCause());
  }
}
