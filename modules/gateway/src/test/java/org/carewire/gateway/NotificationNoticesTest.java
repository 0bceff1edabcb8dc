package org.carewire.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.gateway.NotificationWard.ANN;
import static org.carewire.gateway.NotificationWard.INBOX;
import static org.carewire.gateway.NotificationWard.page;
import static org.carewire.gateway.NotificationWard.told;
import static org.carewire.gateway.Verifying.await;
import static org.carewire.gateway.Verifying.until;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.carewire.gateway.Ward.Asked;
import org.carewire.gateway.Ward.Client;
import org.carewire.protocol.LogPage;
import org.carewire.protocol.LogPage.LogEntry;
import org.carewire.protocol.Positions.Position;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.ReadLog;
import org.carewire.protocol.ReadLog.Stretch;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.RoomId;
import org.carewire.protocol.SubscribeTopics;
import org.carewire.protocol.Topic;
import org.carewire.protocol.TopicsChanged;
import org.carewire.protocol.UnsubscribeTopics;
import org.carewire.protocol.UserUnread;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What sessions are told of notifications and of how many are unread. */
class NotificationNoticesTest {
  private static final RoomId CHAT = RoomId.parse("chat:ann:doc");
  private static final Position AT_START = new Position(INBOX, 0, 0L);

  private final NotificationWard ward = new NotificationWard();

  @AfterEach
  void close() {
    ward.close();
  }

  @Test
  void notificationIsToldOnceAndThenTheCount() {
    Client phone = ward.levelPhone(AT_START);
    Client other = ward.client("bob");

    ward.notified(1, 1, 1);
    ward.notified(1, 1, 1);
    ward.notified(2, 2, 2);

    assertThat(told(phone)).containsExactly("new 1", "unread 1", "new 2", "unread 2");
    assertThat(told(other)).isEmpty();
  }

  @Test
  void firstNotificationOfAUserIsToldAtOnce() {
    Client phone = ward.levelPhone();

    ward.notified(1, 1, 1);

    assertThat(told(phone)).containsExactly("new 1", "unread 1");
  }

  @Test
  void firstNotificationsOfAUserAreToldInOrderAlsoWhereTheSecondComesFirst() {
    Client browser = ward.levelBrowser();

    ward.notified(2, 2, 2);
    ward.notified(1, 1, 1);

    assertThat(told(browser)).containsExactly("unread 2", "new 1", "new 2");
  }

  @Test
  void countNeverGoesBack() {
    Client phone = ward.levelPhone(AT_START);

    ward.counted(2, 5);
    ward.counted(3, 4);
    ward.counted(2, 5);
    ward.counted(0, 6);

    assertThat(told(phone)).containsExactly("unread 2", "unread 0");
  }

  @Test
  void slowSessionIsToldTheLastCountOnceItHasRead() {
    Client slow = ward.levelPhone(AT_START);
    Client quick = ward.levelPhone(AT_START);
    slow.peer().isSlow(ward.platform.limits().queuedBytes() / 2);

    ward.counted(1, 1);
    ward.counted(3, 3);
    ward.counted(2, 2);
    assertThat(told(slow)).isEmpty();
    assertThat(told(quick)).containsExactly("unread 1", "unread 3");
    slow.peer().isSlow(0);

    awaitTold(slow, "unread 3");
    ward.counted(4, 4);
    assertThat(told(slow)).containsExactly("unread 4");
  }

  @Test
  void slowSessionIsNotToldACountThatALaterOneHasReplaced() {
    Client slow = ward.levelPhone(AT_START);
    slow.peer().isSlow(ward.platform.limits().queuedBytes() / 2);
    ward.counted(1, 1);

    slow.peer().isSlow(0);
    ward.counted(2, 2);
    Client other = ward.levelPhone(AT_START);
    other.peer().isSlow(ward.platform.limits().queuedBytes() / 2);
    ward.counted(3, 3);
    other.peer().isSlow(0);
    awaitTold(other, "unread 3");

    assertThat(told(slow)).containsExactly("unread 2", "unread 3");
  }

  @Test
  void missingNotificationsAreReadWhereTheyAreKept() {
    Client phone = ward.levelPhone(AT_START);

    ward.notified(3, 3, 3);
    Asked question = ward.nextAsked();
    assertThat(stretches(question)).containsExactly(new Stretch(INBOX, 0, Long.MAX_VALUE));
    question.reply(page(1, 3, new UserUnread(ANN, 2, 2)));

    // The page is older than what was told, so its count is not.
    awaitTold(phone, "unread 3", "new 1", "new 2", "new 3");
  }

  @Test
  void countOfAPageIsToldAfterItWhereItIsNews() {
    Client phone = ward.levelPhone(AT_START);

    ward.run(() -> ward.flow.known(phone.session(), INBOX, 2));
    ward.nextAsked().reply(page(1, 2, new UserUnread(ANN, 2, 2)));
    awaitTold(phone, "new 1", "new 2", "unread 2");
    ward.counted(2, 2);

    assertThat(told(phone)).isEmpty();
  }

  @Test
  void messagesAndNotificationsThatWereMissedAreReadApart() {
    Client phone =
        ward.phone(
            new Position(CHAT, 1, 0L),
            new Position(INBOX, 2, 0L),
            new Position(RoomId.parse("chat:ann:eve"), 0, 0L));

    Asked messages = ward.nextAsked();
    assertThat(stretches(messages)).containsExactly(new Stretch(CHAT, 0, 1));
    messages.reply(messagesPage());
    Asked notifications = ward.nextAsked();
    assertThat(stretches(notifications)).containsExactly(new Stretch(INBOX, 0, 2));
    notifications.reply(page(1, 2, new UserUnread(ANN, 2, 2)));

    awaitTold(phone, "message:new", "new 1", "new 2", "unread 2", "session:caughtUp");
  }

  @Test
  void messagesAreReadWhileNotificationsCannotBe() {
    Client phone = ward.phone(new Position(INBOX, 1, 0L), new Position(CHAT, 1, 0L));

    ward.nextAsked().refuse(Refusal.unavailable("Not now"));
    Asked messages = ward.nextAsked();
    assertThat(stretches(messages)).containsExactly(new Stretch(CHAT, 0, 1));
    messages.reply(messagesPage());
    awaitTold(phone, "message:new", "session:caughtUp");

    assertThat(stretches(ward.nextAsked())).containsExactly(new Stretch(INBOX, 0, Long.MAX_VALUE));
  }

  @Test
  void slowSessionReadsItsNotificationsFromTheLog() {
    Client slow = ward.levelPhone(AT_START);
    slow.peer().isSlow(ward.platform.limits().queuedBytes() / 2 + 1);
    ward.notified(1, 1, 1);
    assertThat(told(slow)).isEmpty();

    slow.peer().isSlow(0);
    ward.nextAsked().reply(page(1, 1, new UserUnread(ANN, 1, 1)));

    until("both", () -> slow.session().unreadVersion() == 1);
    var all = new ArrayList<String>();
    until("told", () -> all.addAll(told(slow)) && all.size() >= 2);
    assertThat(all).containsExactlyInAnyOrder("new 1", "unread 1");
  }

  @Test
  void topicsAreConfirmedToTheSessionThatAsked() {
    Client asking = ward.client("ann");
    Client other = ward.client("ann");
    var flu = List.of(new Topic("flu"));

    var subscribed =
        ward.on(
            () ->
                ward.requests.subscribe(
                    asking.session(), asking.caller(), new SubscribeTopics(flu)));
    ward.nextAsked().reply(new TopicsChanged(flu, Instant.EPOCH));
    await(subscribed);
    var unsubscribed =
        ward.on(
            () ->
                ward.requests.unsubscribe(
                    asking.session(), asking.caller(), new UnsubscribeTopics(flu)));
    ward.nextAsked().reply(new TopicsChanged(flu, Instant.EPOCH));
    await(unsubscribed);

    assertThat(told(asking))
        .containsExactly("notification:subscribed", "notification:unsubscribed");
    assertThat(told(other)).isEmpty();
  }

  private static List<Stretch> stretches(Asked question) {
    return ((ReadLog) question.command()).stretches();
  }

  private static LogPage messagesPage() {
    return new LogPage(List.of(new LogEntry(CHAT, 1, null, RawJson.of("{}"))), Set.of(), false);
  }

  private static void awaitTold(Client client, String... expected) {
    var all = new ArrayList<String>();
    until(
        "told " + List.of(expected),
        () -> {
          all.addAll(told(client));
          return all.size() >= expected.length;
        });
    assertThat(all).containsExactly(expected);
  }
}
