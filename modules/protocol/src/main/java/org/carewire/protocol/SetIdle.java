package org.carewire.protocol;

/** {@code presence:activity}: whether the session's device is left alone by its user. */
public record SetIdle(boolean idle) implements Command {

  static SetIdle decode(Fields fields, Caller caller) {
    return new SetIdle(fields.requiredFlag("idle"));
  }
}
