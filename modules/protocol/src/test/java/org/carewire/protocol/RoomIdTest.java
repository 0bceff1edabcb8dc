package org.carewire.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RoomIdTest {
  @Provide
  Arbitrary<String> ids() {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .withCharRange('A', 'Z')
        .withCharRange('0', '9')
        .withChars("._@-")
        .ofMinLength(1)
        .ofMaxLength(64);
  }

  @Property
  void everyRoomIsReadFromWhatItIsWrittenAs(
      @ForAll RoomKind kind, @ForAll("ids") String one, @ForAll("ids") String other) {
    Assume.that(!one.equals(other));
    RoomId room =
        kind == RoomKind.CHAT
            ? RoomId.chat(new UserId(one), new UserId(other))
            : new RoomId(kind, List.of(one));

    assertThat(RoomId.parse(room.value())).isEqualTo(room);
    assertThat(Json.read(Json.write(room), RoomId.class)).isEqualTo(room);
  }

  @Property
  void theTwoUsersOfAChatMayComeInEitherOrder(
      @ForAll("ids") String one, @ForAll("ids") String other) {
    Assume.that(!one.equals(other));
    RoomId room = RoomId.parse("chat:" + one + ":" + other);

    assertThat(room).isEqualTo(RoomId.parse("chat:" + other + ":" + one));
    assertThat(room.names()).isSorted();
    assertThat(room.otherUser(new UserId(one))).contains(new UserId(other));
    assertThat(room.otherUser(new UserId(other))).contains(new UserId(one));
  }

  @Property(tries = 1_000)
  void anyTextIsARoomOrRefusedAsABadRequest(@ForAll String text) {
    for (String tried : List.of(text, "visit:" + text, "chat:ann:" + text)) {
      try {
        RoomId room = RoomId.parse(tried);
        assertThat(RoomId.parse(room.value())).isEqualTo(room);
      } catch (Refusal refusal) {
        assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST);
      }
    }
  }

  @Test
  void theOrderIsThatOfBytes() {
    assertThat(RoomId.parse("chat:ann:Zoe").value()).isEqualTo("chat:Zoe:ann");
    assertThat(RoomId.parse("chat:u10:u9").value()).isEqualTo("chat:u10:u9");
    assertThat(RoomId.parse("chat:ann-b:ann").value()).isEqualTo("chat:ann:ann-b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "visit",
        "visit:",
        "visit:a:b",
        "VISIT:a",
        " visit:a",
        "visit:a ",
        "visit:a/b",
        "visit:a\u0000",
        "visit:ä",
        "chat:ann",
        "chat:ann:ann",
        "chat:ann:",
        "chat::ann",
        "chat:ann:doc:eve",
        "room:a",
        "session:a"
      })
  void whatIsNoRoomIsRefused(String text) {
    assertThatExceptionOfType(Refusal.class)
        .isThrownBy(() -> RoomId.parse(text))
        .satisfies(refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.BAD_REQUEST));
  }

  @Test
  void anIdHas64CharactersAtMost() {
    String longest = "a".repeat(64);

    assertThat(RoomId.parse("visit:" + longest).names()).containsExactly(longest);
    assertThatThrownBy(() -> RoomId.parse("visit:" + longest + "a")).isInstanceOf(Refusal.class);
  }

  @Test
  void aCallGoesByTheMembersOfItsVisit() {
    RoomId call = RoomId.parse("call:v-1");

    assertThat(call.membersRoom()).isEqualTo(RoomId.visit(new VisitId("v-1")));
    assertThat(RoomId.parse("group:g-1").membersRoom()).isEqualTo(RoomId.parse("group:g-1"));
    assertThat(call.visitId()).isEmpty();
  }

  @Test
  void onlyAChatHasAnotherUser() {
    UserId ann = new UserId("ann");

    assertThat(RoomId.parse("notifications:ann").otherUser(ann)).isEmpty();
    assertThat(RoomId.parse("chat:doc:eve").otherUser(ann)).isEmpty();
  }
}
