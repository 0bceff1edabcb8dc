package org.carewire.chat;

import io.vertx.core.Future;
import java.util.Set;
import org.carewire.protocol.Caller;
import org.carewire.protocol.GetGroup;
import org.carewire.protocol.Group;
import org.carewire.protocol.GroupPut;
import org.carewire.protocol.PutGroup;
import org.carewire.rooms.GroupStore;

/** {@code PUT} and {@code GET /groups/{groupId}}. */
final class KeepingGroups {
  private final GroupStore groups;
  private final AccessChanges changes;

  KeepingGroups(GroupStore groups, AccessChanges changes) {
    this.groups = groups;
    this.changes = changes;
  }

  Future<GroupPut> put(Caller caller, PutGroup command) {
    PlatformOnly.require(caller);
    return groups
        .put(caller, command)
        .map(
            change -> {
              changes.membersSet(
                  caller, Set.of(command.room()), Set.copyOf(command.members()), change.removed());
              return new GroupPut(change.group(), change.created());
            });
  }

  Future<Group> get(Caller caller, GetGroup command) {
    return groups
        .find(caller, command.group())
        .map(
            group ->
                PlatformOnly.orMember(
                    caller, group, (found, user) -> found.members().contains(user)));
  }
}
