package org.carewire.rooms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.rooms.RoomsDatabase.await;

import java.util.List;
import java.util.UUID;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Role;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which two users may talk in a chat. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MayChatTest {
  private static final TenantId ELSEWHERE = new TenantId("elsewhere");

  private RoomsDatabase database;
  private String one = "";
  private String other = "";
  private String visit = "";

  @BeforeAll
  void open() {
    database = new RoomsDatabase();
  }

  @AfterAll
  void close() {
    database.close();
  }

  @BeforeEach
  void nameNewPeople() {
    String unique = UUID.randomUUID().toString();
    one = "one-" + unique;
    other = "other-" + unique;
    visit = "visit-" + unique;
  }

  @ParameterizedTest
  @CsvSource({
    "PATIENT, PATIENT, false",
    "PATIENT, SERVICE, false",
    "SERVICE, SERVICE, false",
    "PATIENT, PROVIDER, true",
    "PROVIDER, PATIENT, true",
    "PATIENT, ADMIN, true",
    "ADMIN, PATIENT, true",
    "PROVIDER, PROVIDER, true",
    "ADMIN, SERVICE, true"
  })
  void strangersMayChatIfOneOfThemIsStaff(Role ofOne, Role ofOther, boolean may) {
    see(TenantId.DEFAULT, one, ofOne);
    see(TenantId.DEFAULT, other, ofOther);

    assertThat(mayChat()).isEqualTo(may);
  }

  @Test
  void peopleNobodyHasHeardOfMayNot() {
    assertThat(mayChat()).isFalse();
  }

  @Test
  void aRoleInAnotherTenantCountsForNothing() {
    see(TenantId.DEFAULT, one, Role.PATIENT);
    see(ELSEWHERE, other, Role.PROVIDER);

    assertThat(mayChat()).isFalse();
  }

  @Test
  void aVisitInAnotherTenantCountsForNothing() {
    database.visit(ELSEWHERE, visit, one, other);

    assertThat(mayChat()).isFalse();
  }

  @Test
  void patientsOfOneGroupMay() {
    database.group(visit, one, other);

    assertThat(mayChat()).isTrue();
  }

  @Test
  void thoseOfOneVisitMayUntilOneIsTakenOff() {
    see(TenantId.DEFAULT, one, Role.PATIENT);
    see(TenantId.DEFAULT, other, Role.PATIENT);
    database.visit(visit, one, other);
    assertThat(mayChat()).isTrue();

    database.visit(visit, one, "someone-else");

    assertThat(mayChat()).isFalse();
  }

  @Test
  void beingInOneVisitEachWithAThirdIsNotEnough() {
    database.group(visit + "-1", one, "third");
    database.group(visit + "-2", other, "third");

    assertThat(mayChat()).isFalse();
  }

  @Test
  void theLastRoleSomeoneAuthenticatedInCounts() {
    see(TenantId.DEFAULT, one, Role.PATIENT);
    see(TenantId.DEFAULT, other, Role.PROVIDER);
    see(TenantId.DEFAULT, other, Role.PATIENT);

    assertThat(mayChat()).isFalse();
  }

  private void see(TenantId tenant, String user, Role role) {
    await(
        UserStore.seen(
            database.pool(), List.of(new Caller(tenant, new UserId(user), role, null, null))));
  }

  private boolean mayChat() {
    String chat = RoomId.chat(new UserId(one), new UserId(other)).value();
    List<String> answers = database.query("select may_chat('default', ?)", chat);
    return answers.equals(List.of("t"));
  }
}
