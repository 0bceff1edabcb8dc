package org.carewire.protocol;

import java.util.List;

/** Reply to {@code presence:get}, and event {@code presence:initial}. */
public record PresenceList(List<Presence> presences) {

  public static PresenceList of(List<PresenceState> states) {
    return new PresenceList(states.stream().map(Presence::of).toList());
  }
}
