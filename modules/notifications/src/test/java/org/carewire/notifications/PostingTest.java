package org.carewire.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.carewire.notifications.NotificationsScene.SERVICE;
import static org.carewire.notifications.NotificationsScene.await;
import static org.carewire.notifications.NotificationsScene.awaitUntil;
import static org.carewire.notifications.NotificationsScene.content;
import static org.carewire.notifications.NotificationsScene.later;
import static org.carewire.notifications.NotificationsScene.named;
import static org.carewire.notifications.NotificationsScene.patient;
import static org.carewire.notifications.NotificationsScene.post;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.carewire.platform.Delivery;
import org.carewire.protocol.CancelNotification;
import org.carewire.protocol.Done;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.GetUnreadCount;
import org.carewire.protocol.IdempotencyKey;
import org.carewire.protocol.ListNotifications;
import org.carewire.protocol.NotificationEndpoints;
import org.carewire.protocol.NotificationsPosted;
import org.carewire.protocol.PostNotifications;
import org.carewire.protocol.PostToTopic;
import org.carewire.protocol.ReadAllNotifications;
import org.carewire.protocol.ReadNotification;
import org.carewire.protocol.SubscribeTopics;
import org.carewire.protocol.Topic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notifications in a real database: stored once, whole, in order, and counted right. */
class PostingTest {
  private NotificationsScene scene;
  private NotificationsScene.Node node;

  @BeforeEach
  void start() {
    scene = new NotificationsScene();
    node = scene.node();
  }

  @AfterEach
  void stop() {
    scene.close();
  }

  private NotificationsPosted store(PostNotifications command) {
    return node.ask(NotificationEndpoints.POST, SERVICE, command);
  }

  private long unread(String user) {
    return node.ask(NotificationEndpoints.GET_UNREAD_COUNT, patient(user), new GetUnreadCount())
        .unreadCount();
  }

  private static String[] crowd(int size) {
    return IntStream.range(0, size).mapToObj(i -> "user-" + i).toArray(String[]::new);
  }

  @Test
  void aThousandUsersAreNotifiedByOneDelivery() {
    NotificationsPosted posted = store(post("One", crowd(1_000)));

    assertThat(new HashSet<>(posted.ids())).hasSize(1_000);
    assertThat(
            scene.query(
                """
                select count(*), count(distinct r.room_id), max(e."offset"), count(e.sender_id)
                from entry e join room r on r.key = e.room_key
                join notification n on n.room_key = e.room_key and n."offset" = e."offset"
                join inbox i on i.room_key = r.key and i.unread = 1 and i.version = 1
                join room_member m on m.room_key = r.key and m.user_id = i.user_id
                """))
        .containsExactly("1000,1000,1,0");
    awaitUntil(() -> !node.told().isEmpty());
    assertThat(node.told()).hasSize(1);
    var told = (Delivery.Notified) node.told().getFirst();
    assertThat(told.notices()).extracting(Delivery.Notified.Notice::id).isEqualTo(posted.ids());
    assertThat(told.notices())
        .allSatisfy(notice -> assertThat(notice.offset()).isEqualTo(1))
        .allSatisfy(notice -> assertThat(notice.unread().unread()).isEqualTo(1));
  }

  @Test
  void manyAtOnceForOneUserHaveOffsetsWithoutGapAndTimesOfTheirOwn() {
    int posts = 60;
    var pending = new ArrayList<Future<NotificationsPosted>>();
    for (int i = 0; i < posts; i++) {
      pending.add(
          node.begin(NotificationEndpoints.POST, SERVICE, post("No " + i, "ann", "bob-" + i % 7)));
    }
    pending.forEach(NotificationsScene::await);

    assertThat(
            scene.query(
                """
                select count(*), max("offset"), count(distinct created_at) from entry e
                join room r on r.key = e.room_key where r.room_id = 'notifications:ann'
                """))
        .containsExactly("60,60,60");
    assertThat(unread("ann")).isEqualTo(posts);
  }

  @Test
  void aRepeatIsAnsweredAsTheFirst() {
    NotificationsPosted first = store(named("bill-7", "Paid", "ann", "bob"));
    NotificationsPosted second = store(named("bill-7", "Paid", "ann", "bob"));

    assertThat(second).isEqualTo(first);
    assertThat(unread("ann")).isEqualTo(1);
    assertThatThrownBy(() -> store(named("bill-7", "Failed", "ann", "bob")))
        .hasMessageContaining("Idempotency-Key");
    assertThat(node.told()).hasSize(1);
  }

  @Test
  void repeatsAtTheSameTimeOnTwoNodesAreStoredOnce() {
    NotificationsScene.Node other = scene.node();
    var pending = new ArrayList<Future<NotificationsPosted>>();
    for (int i = 0; i < 20; i++) {
      pending.add(
          (i % 2 == 0 ? node : other)
              .begin(NotificationEndpoints.POST, SERVICE, named("once", "Paid", "ann")));
    }
    var answers = new HashSet<NotificationsPosted>();
    pending.forEach(one -> answers.add(await(one)));

    assertThat(answers).hasSize(1);
    assertThat(unread("ann")).isEqualTo(1);
  }

  @Test
  void aKeyIsForgottenAfterADay() {
    store(named("daily", "One", "ann"));
    scene.execute("update idempotency_key set created_at = created_at - interval '25 hours'");

    store(named("daily", "Two", "ann"));

    assertThat(unread("ann")).isEqualTo(2);
  }

  @Test
  void readingTheSameManyTimesCountsOnce() {
    EntryId id = store(post("One", "ann")).ids().getFirst();
    store(post("Two", "ann"));
    var pending = new ArrayList<Future<?>>();
    for (int i = 0; i < 20; i++) {
      pending.add(node.begin(NotificationEndpoints.READ, patient("ann"), new ReadNotification(id)));
    }
    pending.forEach(NotificationsScene::await);

    assertThat(unread("ann")).isEqualTo(1);
    assertThat(node.told().stream().filter(Delivery.UnreadCounted.class::isInstance)).hasSize(1);
  }

  @Test
  void readingAllWhileOthersComeLosesNone() {
    var pending = new ArrayList<Future<?>>();
    for (int i = 0; i < 100; i++) {
      pending.add(node.begin(NotificationEndpoints.POST, SERVICE, post("No " + i, "ann")));
      if (i % 10 == 0) {
        pending.add(
            node.begin(NotificationEndpoints.READ_ALL, patient("ann"), new ReadAllNotifications()));
      }
    }
    pending.forEach(NotificationsScene::await);

    var unread =
        node.ask(
            NotificationEndpoints.LIST, patient("ann"), new ListNotifications(200, null, true));
    assertThat(unread.unreadCount()).isEqualTo(unread.notifications().size());
    long marked =
        node.ask(NotificationEndpoints.READ_ALL, patient("ann"), new ReadAllNotifications())
            .markedCount();
    assertThat(marked).isEqualTo(unread.unreadCount());
    assertThat(unread("ann")).isZero();
    assertThat(
            node.ask(NotificationEndpoints.READ_ALL, patient("ann"), new ReadAllNotifications())
                .markedCount())
        .isZero();
  }

  @Test
  void manyThatAreDueAtOnceAreSentOnceByTwoNodes() {
    scene.node();
    Instant due = Instant.now().plusMillis(1_500);
    var pending = new ArrayList<Future<NotificationsPosted>>();
    for (int i = 0; i < 1_500; i++) {
      pending.add(node.begin(NotificationEndpoints.POST, SERVICE, later(due, "user-" + i % 500)));
    }
    var ids = new HashSet<EntryId>();
    pending.forEach(one -> ids.addAll(await(one).ids()));

    awaitUntil(() -> scene.query("select count(*) from notification").getFirst().equals("1500"));
    awaitUntil(
        () ->
            scene
                .query("select count(*) from notification_post where done_at is null")
                .getFirst()
                .equals("0"));
    assertThat(scene.query("select count(*), count(distinct id) from entry"))
        .containsExactly("1500,1500");
    assertThat(scene.query("select sum(unread), min(unread), max(unread) from inbox"))
        .containsExactly("1500,3,3");
    assertThat(ids).hasSize(1_500);
    assertThat(scene.query("select id from entry"))
        .containsExactlyInAnyOrderElementsOf(ids.stream().map(EntryId::toString).toList());
  }

  @Test
  void aCancelledOneIsNotSent() {
    Instant due = Instant.now().plusMillis(1_000);
    List<EntryId> ids = store(later(due, "ann", "bob")).ids();

    assertThat(
            node.ask(NotificationEndpoints.CANCEL, SERVICE, new CancelNotification(ids.getFirst())))
        .isEqualTo(Done.DONE);

    awaitUntil(() -> unread("bob") == 1);
    assertThat(unread("ann")).isZero();
    assertThatThrownBy(
            () ->
                node.ask(
                    NotificationEndpoints.CANCEL, SERVICE, new CancelNotification(ids.getLast())))
        .hasMessageContaining("sent already");
    assertThatThrownBy(
            () ->
                node.ask(
                    NotificationEndpoints.CANCEL, SERVICE, new CancelNotification(ids.getFirst())))
        .hasMessageContaining("not found");
  }

  @Test
  void subscribersOfATopicGetAPostOnceFromTwoNodes() {
    scene.node();
    int subscribers = 2_500;
    scene.execute(
        """
        insert into topic_subscription (tenant_id, topic, user_id)
        select 'default', 'flu', 'user-' || i from generate_series(1, %d) i
        """
            .formatted(subscribers));
    var topic = new Topic("flu");
    node.ask(NotificationEndpoints.SUBSCRIBE, patient("ann"), new SubscribeTopics(List.of(topic)));

    var command = new PostToTopic(topic, content("Flu"), null, new IdempotencyKey("flu"));
    NotificationsPosted first = node.ask(NotificationEndpoints.POST_TO_TOPIC, SERVICE, command);
    NotificationsPosted second = node.ask(NotificationEndpoints.POST_TO_TOPIC, SERVICE, command);

    assertThat(second).isEqualTo(first);
    awaitUntil(
        () ->
            scene
                .query("select count(*) from notification_post where done_at is not null")
                .getFirst()
                .equals("1"));
    assertThat(scene.query("select count(*), min(unread), max(unread) from inbox"))
        .containsExactly("2501,1,1");
    assertThatThrownBy(
            () ->
                node.ask(
                    NotificationEndpoints.CANCEL,
                    SERVICE,
                    new CancelNotification(first.ids().getFirst())))
        .hasMessageContaining("sent already");
  }

  @Test
  void onlyThePlatformPosts() {
    assertThatThrownBy(
            () -> node.ask(NotificationEndpoints.POST, patient("ann"), post("One", "bob")))
        .hasMessage("Access denied");
  }
}
