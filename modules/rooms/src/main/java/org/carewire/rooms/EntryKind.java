package org.carewire.rooms;

import java.util.Locale;

/** What an entry is, which says how its content is to be read. */
public enum EntryKind {
  MESSAGE,
  /** Made by the server, though somebody has asked for it: it has no sender. */
  NOTIFICATION;

  boolean hasSender() {
    return this == MESSAGE;
  }

  String sqlName() {
    return name().toLowerCase(Locale.ROOT);
  }

  static EntryKind ofSqlName(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
