package org.carewire.protocol;

import java.util.List;

/** {@code presence:subscribe}: from now on the session is told of these users' changes. */
public record WatchUsers(List<UserId> users) implements Command {

  static WatchUsers decode(Fields fields, Caller caller) {
    return new WatchUsers(UserIds.required(fields));
  }
}
