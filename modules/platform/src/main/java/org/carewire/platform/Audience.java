package org.carewire.platform;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.UserUnread;

/** Whose gateways a delivery is for. */
sealed interface Audience {
  /** More users than these are not looked up: they are likely to be everywhere. */
  int MAX_LOOKED_UP = 200;

  /** How many routes there are to be looked up. */
  int size();

  record Everyone() implements Audience {
    @Override
    public int size() {
      return 0;
    }
  }

  record Routes(List<Route> routes) implements Audience {
    @Override
    public int size() {
      return routes.size();
    }
  }

  static Audience of(Delivery delivery) {
    return switch (delivery) {
      // By the room, admins who have joined it.
      case Delivery.Entry entry ->
          ofUsers(
              entry.tenant(), entry.members(), Stream.of(Route.to(entry.tenant(), entry.room())));
      case Delivery.ToParticipants signal ->
          new Routes(List.of(Route.to(signal.tenant(), signal.room())));
      case Delivery.ToUsers signal -> ofUsers(signal.tenant(), signal.users(), Stream.of());
      case Delivery.SessionReplaced replaced ->
          new Routes(List.of(Route.to(replaced.tenant(), replaced.user())));
      case Delivery.OfCall notice -> ofUsers(notice.tenant(), notice.users(), Stream.of());
      case Delivery.Notified notified ->
          ofUsers(
              notified.tenant(),
              notified.notices().stream().map(notice -> notice.unread().user()).toList(),
              Stream.of());
      case Delivery.UnreadCounted counted ->
          ofUsers(
              counted.tenant(),
              counted.users().stream().map(UserUnread::user).toList(),
              Stream.of());
      case Delivery.TopReached reached -> ofUsers(reached.tenant(), reached.members(), Stream.of());
      case Delivery.StatusWasSet set -> new Routes(List.of(Route.to(set.tenant(), set.user())));
      // Who is watched where is known to the gateways alone.
      case Delivery.PresenceChanged _,
          Delivery.MembersSet _,
          Delivery.UserRevoked _,
          Delivery.Doubted _ ->
          new Everyone();
    };
  }

  private static Audience ofUsers(TenantId tenant, Collection<UserId> users, Stream<Route> others) {
    return users.size() > MAX_LOOKED_UP
        ? new Everyone()
        : new Routes(
            Stream.concat(users.stream().map(user -> Route.to(tenant, user)), others).toList());
  }
}
