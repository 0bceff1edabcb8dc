package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT /groups/{groupId}}: makes the group what is given here; who is no longer named is
 * taken off.
 */
public record PutGroup(GroupId group, List<UserId> members, @Nullable String title)
    implements Command.InRoom {

  public static PutGroup decode(GroupId group, Fields fields) {
    var members = fields.parsedList("members", UserId::new);
    if (members.isEmpty()) {
      throw Refusal.badRequest("members", "members is required");
    }
    return new PutGroup(
        group,
        members.stream().distinct().toList(),
        fields.text("title", fields.limits().titleCharacters()));
  }

  @Override
  public RoomId room() {
    return RoomId.group(group);
  }

  /** A title may name a patient. */
  @Override
  public String toString() {
    return "PutGroup[" + group + ", " + members.size() + " members]";
  }
}
