package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.CallWard.CALL;
import static org.carewire.gateway.Verifying.until;
import static org.carewire.platform.Delivery.OfCall.INCOMING;
import static org.carewire.protocol.ServerEvent.CALL_ANSWERED_ELSEWHERE;
import static org.carewire.protocol.ServerEvent.CALL_INCOMING;
import static org.carewire.protocol.ServerEvent.CALL_MEDIA;

import java.util.ArrayList;
import java.util.List;
import org.carewire.gateway.Ward.Asked;
import org.carewire.gateway.Ward.Client;
import org.carewire.platform.Delivery;
import org.carewire.protocol.CallId;
import org.carewire.protocol.FindRinging;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.RingingFound;
import org.carewire.protocol.SocketId;
import org.carewire.protocol.TenantId;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What sessions are told of calls, and that it is told once. */
class CallNoticesTest {
  private static final RingingFound RINGING = new RingingFound(CALL, RawJson.of("{}"));

  private final CallWard ward = new CallWard();

  @AfterEach
  void close() {
    ward.close();
  }

  @Test
  void noticeThatComesAgainIsToldOnce() {
    Client bob = ward.client("bob");

    ward.tell(bob, CALL, INCOMING, CALL_INCOMING);
    ward.tell(bob, CALL, 2, CALL_MEDIA);
    ward.tell(bob, CALL, 1, CALL_MEDIA);
    ward.tell(bob, CALL, 2, CALL_MEDIA);
    ward.tell(bob, CALL, INCOMING, CALL_INCOMING);

    assertThat(told(bob)).containsExactly("call:incoming", "call:media", "call:media");
  }

  @Test
  void callThatTheSessionKnowsMoreOfDoesNotRing() {
    Client bob = ward.client("bob");

    ward.tell(bob, CALL, 3, CALL_ANSWERED_ELSEWHERE);
    ward.tell(bob, CALL, INCOMING, CALL_INCOMING);
    ward.tell(bob, new CallId("call-2"), INCOMING, CALL_INCOMING);

    assertThat(told(bob)).containsExactly("call:answeredElsewhere", "call:incoming");
  }

  @Test
  void noticeOfManyBeforeItIsNotToldLate() {
    Client bob = ward.client("bob");
    for (int number = 1; number <= 65; number++) {
      ward.tell(bob, CALL, number, CALL_MEDIA);
    }
    told(bob);

    ward.tell(bob, CALL, 1, CALL_MEDIA);

    assertThat(told(bob)).isEmpty();
  }

  @Test
  void onlyTheNewestCallsAreRemembered() {
    Client bob = ward.client("bob");
    for (int call = 0; call < 9; call++) {
      ward.tell(bob, new CallId("c" + call), INCOMING, CALL_INCOMING);
    }
    told(bob);

    ward.tell(bob, new CallId("c1"), INCOMING, CALL_INCOMING);
    assertThat(told(bob)).isEmpty();
    ward.tell(bob, new CallId("c0"), INCOMING, CALL_INCOMING);
    assertThat(told(bob)).hasSize(1);
  }

  @Test
  void noticeGoesToTheSessionsThatItIsFor() {
    Client phone = ward.client("bob");
    Client laptop = ward.client("bob");

    tell(phone, 1, phone.session().id(), null);
    assertThat(told(phone)).hasSize(1);
    assertThat(told(laptop)).isEmpty();
    tell(phone, 2, null, phone.session().id());
    assertThat(told(phone)).isEmpty();
    assertThat(told(laptop)).hasSize(1);
  }

  @Test
  void sessionThatComesWhileItRingsRings() {
    Client bob = ward.client("bob");
    connected(bob);

    ward.nextAsked().reply(RINGING);

    until("rings", () -> told(bob).equals(List.of("call:incoming")));
  }

  @Test
  void sessionThatWasToldMeanwhileDoesNotRingAgain() {
    Client bob = ward.client("bob");
    connected(bob);
    Asked question = ward.nextAsked();
    ward.tell(bob, CALL, INCOMING, CALL_INCOMING);

    question.reply(RINGING);
    // Once this is answered, that was.
    Client last = ward.client("cyd");
    connected(last);
    ward.nextAsked().reply(RINGING);
    until("rings", () -> !told(last).isEmpty());

    assertThat(told(bob)).containsExactly("call:incoming");
  }

  @Test
  void whoRingsIsAskedAgainWhereNobodyAnswered() {
    Client bob = ward.client("bob");
    connected(bob);
    ward.nextAsked().refuse(ward.unavailable);

    Asked again = ward.nextAsked();
    assertThat(again.command()).isInstanceOf(FindRinging.class);
    again.reply(RINGING);

    until("rings", () -> !told(bob).isEmpty());
  }

  @Test
  void nobodyAsksForASessionThatHasEnded() {
    Client bob = ward.client("bob");
    connected(bob);
    Asked question = ward.nextAsked();
    ward.end(bob);
    question.refuse(ward.unavailable);
    Client cyd = ward.client("cyd");
    connected(cyd);

    assertThat(ward.nextAsked().caller()).isEqualTo(cyd.caller());
  }

  @Test
  void whenAllComeAtOnceAFewAreAskedForAtATime() {
    List<Client> all = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      all.add(ward.client("u" + i));
    }
    ward.run(() -> all.forEach(client -> ward.calls.connected(client.session(), client.caller())));

    List<Asked> asked = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      asked.add(ward.nextAsked());
    }
    assertThat(ward.takeAsked()).isEmpty();
    asked.forEach(question -> question.reply(new RingingFound(null, null)));
    for (int i = 50; i < 60; i++) {
      assertThat(ward.nextAsked().caller()).isEqualTo(all.get(i).caller());
    }
  }

  private void connected(Client client) {
    ward.run(() -> ward.calls.connected(client.session(), client.caller()));
  }

  private void tell(
      Client client, long number, @Nullable SocketId only, @Nullable SocketId except) {
    ward.run(
        () ->
            ward.notices.tell(
                new Delivery.OfCall(
                    TenantId.DEFAULT,
                    List.of(client.caller().user()),
                    CALL,
                    number,
                    CALL_MEDIA,
                    RawJson.of("{}"),
                    only,
                    except)));
  }

  private static List<String> told(Client client) {
    return client.peer().takeFrames().stream().map(frame -> frame.path("event").asText()).toList();
  }
}
