package org.carewire.presence;

import org.carewire.protocol.Caller;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** A user of a tenant. */
record User(TenantId tenant, UserId id) {

  static User of(Caller caller) {
    return new User(caller.tenant(), caller.user());
  }

  /** Reads what {@link #name} has written; ids have no slash. */
  static User named(String name) {
    int slash = name.indexOf('/');
    return new User(new TenantId(name.substring(0, slash)), new UserId(name.substring(slash + 1)));
  }

  String name() {
    return tenant + "/" + id;
  }

  /** Users have names. */
  @Override
  public String toString() {
    return "User[...]";
  }
}
