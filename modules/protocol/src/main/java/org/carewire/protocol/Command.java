package org.carewire.protocol;

/** What a client or the HTTP API asks of a service; a value that has validated itself. */
public interface Command {

  /** A command about one room: its service handles those of a room in the order of arrival. */
  interface InRoom extends Command {
    RoomId room();
  }
}
