package org.carewire.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A care team. */
public record Group(GroupId groupId, List<UserId> members, @Nullable String title) {
  /** A title may name a patient. */
  @Override
  public String toString() {
    return "Group[" + groupId + ", " + members.size() + " members]";
  }
}
