package org.carewire.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a user is to the platform, as its token says; on the wire in lower case. */
public enum Role {
  PATIENT,
  PROVIDER,
  ADMIN,
  SERVICE;

  /**
   * Reads a role as tokens and requests write it; {@code doctor} is a provider.
   *
   * @throws Refusal {@code BAD_REQUEST} for any other word
   */
  @JsonCreator
  public static Role parse(String word) {
    return switch (word) {
      case "patient" -> PATIENT;
      case "provider", "doctor" -> PROVIDER;
      case "admin" -> ADMIN;
      case "service" -> SERVICE;
      default -> throw Refusal.badRequest("A role is patient, provider, doctor, admin or service");
    };
  }

  @JsonValue
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether everyone in the tenant may talk with a user of this role. */
  public boolean isCareStaff() {
    return this == PROVIDER || this == ADMIN;
  }
}
