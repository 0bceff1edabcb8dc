package org.carewire.protocol;

/** A reply that says no more than that it was done. */
public record Done() {
  public static final Done DONE = new Done();
}
