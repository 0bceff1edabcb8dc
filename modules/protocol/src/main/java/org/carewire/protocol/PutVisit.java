package org.carewire.protocol;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code PUT /visits/{visitId}}: makes the visit what is given here; who is no longer named is
 * taken off.
 *
 * @param participants beside patient and provider
 * @param status absent: as it was, or {@code waiting} for a new visit
 */
public record PutVisit(
    VisitId visit,
    UserId patient,
    UserId provider,
    List<Visit.Member> participants,
    @Nullable VisitStatus status,
    @Nullable Instant scheduledAt)
    implements Command.InRoom {

  public static PutVisit decode(VisitId visit, Fields fields) {
    UserId patient = fields.requiredParsed("patientId", UserId::new);
    UserId provider = fields.requiredParsed("providerId", UserId::new);
    if (patient.equals(provider)) {
      throw Refusal.badRequest("providerId", "patientId and providerId must be different users");
    }
    var participants =
        fields.objects("participants", fields.limits().listedIds(), PutVisit::participant);
    requireDistinct(patient, provider, participants);
    return new PutVisit(
        visit,
        patient,
        provider,
        participants,
        fields.parsed("status", VisitStatus::parse),
        fields.time("scheduledAt"));
  }

  private static Visit.Member participant(Fields fields) {
    return new Visit.Member(
        fields.requiredParsed("userId", UserId::new), fields.requiredParsed("role", Role::parse));
  }

  private static void requireDistinct(
      UserId patient, UserId provider, List<Visit.Member> participants) {
    var users = new ArrayList<>(List.of(patient, provider));
    participants.forEach(participant -> users.add(participant.userId()));
    if (users.stream().distinct().count() < users.size()) {
      throw Refusal.badRequest("participants", "A user can be in a visit only once");
    }
  }

  /** Everyone in the visit with its role there. */
  public Map<UserId, Role> members() {
    var members = new LinkedHashMap<UserId, Role>();
    members.put(patient, Role.PATIENT);
    members.put(provider, Role.PROVIDER);
    participants.forEach(member -> members.put(member.userId(), member.role()));
    return members;
  }

  @Override
  public RoomId room() {
    return RoomId.visit(visit);
  }
}
