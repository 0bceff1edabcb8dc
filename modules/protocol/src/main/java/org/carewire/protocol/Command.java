package org.carewire.protocol;

/** What a client or the HTTP API asks of a service; a value that has validated itself. */
public interface Command {

  /** A command about one room; those of a room reach their service in the order of sending. */
  interface InRoom extends Command {
    RoomId room();
  }

  /** A command about one call; those of a call reach the same instance, in the order of sending. */
  interface OfCall extends Command {
    CallId callId();
  }

  /** A command about the caller's own state; those of a user reach the same instance. */
  interface OfUser extends Command {}
}
