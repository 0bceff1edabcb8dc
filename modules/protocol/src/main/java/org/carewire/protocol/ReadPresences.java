package org.carewire.protocol;

import java.util.List;

/**
 * {@code presence:get}, and what gateways ask for those who subscribe.
 *
 * @param whole whether it is refused where the caller may not see one of the users; else those are
 *     left out of the reply
 */
public record ReadPresences(List<UserId> users, boolean whole) implements Command.OfUser {

  static ReadPresences get(Fields fields, Caller caller) {
    return new ReadPresences(UserIds.required(fields), true);
  }
}
