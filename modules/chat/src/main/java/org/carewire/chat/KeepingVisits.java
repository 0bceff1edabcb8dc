package org.carewire.chat;

import io.vertx.core.Future;
import java.util.Set;
import org.carewire.protocol.Caller;
import org.carewire.protocol.GetVisit;
import org.carewire.protocol.PutVisit;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.UserId;
import org.carewire.protocol.Visit;
import org.carewire.protocol.VisitPut;
import org.carewire.rooms.VisitStore;

/** {@code PUT} and {@code GET /visits/{visitId}}. */
final class KeepingVisits {
  private final VisitStore visits;
  private final AccessChanges changes;

  KeepingVisits(VisitStore visits, AccessChanges changes) {
    this.visits = visits;
    this.changes = changes;
  }

  Future<VisitPut> put(Caller caller, PutVisit command) {
    PlatformOnly.require(caller);
    return visits
        .put(caller, command)
        .map(
            change -> {
              changes.membersSet(
                  caller,
                  Set.of(command.room(), RoomId.call(command.visit())),
                  command.members().keySet(),
                  change.removed());
              return new VisitPut(change.visit(), change.created());
            });
  }

  Future<Visit> get(Caller caller, GetVisit command) {
    return visits
        .find(caller, command.visit())
        .map(visit -> PlatformOnly.orMember(caller, visit, KeepingVisits::isIn));
  }

  private static boolean isIn(Visit visit, UserId user) {
    return visit.patientId().equals(user)
        || visit.providerId().equals(user)
        || visit.participants().stream().anyMatch(member -> member.userId().equals(user));
  }
}
