package org.carewire.protocol;

import java.util.List;

/** {@code presence:unsubscribe}. */
public record UnwatchUsers(List<UserId> users) implements Command {

  static UnwatchUsers decode(Fields fields, Caller caller) {
    return new UnwatchUsers(UserIds.required(fields));
  }
}
