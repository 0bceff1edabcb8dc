package org.carewire.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.notifications.UnseenScene.UNSEEN_AFTER;
import static org.carewire.notifications.UnseenScene.await;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.carewire.notifications.UnseenScene.Looking;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.RoomId;
import org.carewire.testkit.FaultProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Who is notified of which messages, of those that are older than it takes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnseenTest {
  private final UnseenScene scene = new UnseenScene();
  private Looking node;
  private String ann;
  private String doc;
  private String name;
  private RoomId room;

  @BeforeAll
  void start() {
    node = scene.node();
  }

  @BeforeEach
  void aVisitOfTwo() {
    String id = UUID.randomUUID().toString().substring(0, 8);
    ann = "ann-" + id;
    doc = "doc-" + id;
    name = "visit:v-" + id;
    room = scene.room(name, ann, doc);
  }

  @AfterAll
  void close() {
    scene.close();
  }

  @Test
  void memberIsNotifiedOfAMessageAndItsSenderIsNot() {
    EntryId message = scene.send(room, doc);

    node.look();

    assertThat(
            scene.query(
                """
                select e.kind, e.sender_id, e.content from entry e join room r on r.key = e.room_key
                where r.room_id = 'notifications:%s'
                """
                    .formatted(ann)))
        .containsExactly(
            """
            notification null {"type":"message_received","priority":"medium","title":"New message",\
            "message":"You have a new message",\
            "data":{"roomId":"%s","messageId":"%s","offset":1}}\
            """
                .formatted(name, message));
    assertThat(unread(ann)).isEqualTo(1);
    assertThat(scene.notified(doc)).isEmpty();
  }

  @Test
  void nobodyIsNotifiedBeforeTheTime() {
    scene.send(room, doc);

    scene.node(scene.database().port(), UNSEEN_AFTER.minusSeconds(10)).look();
    assertThat(scene.notified(ann)).isEmpty();

    node.look();
    assertThat(scene.notified(ann)).hasSize(1);
  }

  @Test
  void nobodyIsNotifiedOfWhatADeviceHasAcknowledged() {
    scene.send(room, doc);
    scene.receive(room, ann, 1);

    node.look();

    assertThat(scene.notified(ann)).isEmpty();
  }

  @Test
  void thereIsOneNotificationOfARoomHoweverManyMessages() {
    scene.send(room, doc);
    scene.send(room, doc);
    node.look();
    scene.send(room, doc);
    node.look();
    node.look();

    assertThat(scene.notified(ann)).containsExactly(name + " 1");
    assertThat(unread(ann)).isEqualTo(1);
  }

  @Test
  void eachRoomHasItsOwn() {
    RoomId other = scene.room(name + "-other", ann, doc);
    scene.send(room, doc);
    scene.send(other, doc);

    node.look();

    assertThat(scene.notified(ann)).containsExactlyInAnyOrder(name + " 1", name + "-other 1");
    assertThat(unread(ann)).isEqualTo(2);
  }

  @Test
  void thereIsANewOneOnceTheRoomWasRead() {
    scene.send(room, doc);
    node.look();
    scene.read(room, ann, 1);
    scene.send(room, doc);

    node.look();

    assertThat(scene.notified(ann)).containsExactly(name + " 1", name + " 2");
  }

  @Test
  void thereIsNoNewOneWhereTheMessagesHaveOnlyComeToADevice() {
    scene.send(room, doc);
    node.look();
    scene.receive(room, ann, 1);
    scene.send(room, doc);

    node.look();

    assertThat(scene.notified(ann)).containsExactly(name + " 1");
  }

  @Test
  void thereIsANewOneOnceTheNotificationWasRead() {
    scene.send(room, doc);
    node.look();
    scene.execute(
        """
        update notification set read_at = now() where room_key = (
          select key from room where room_id = 'notifications:%s')
        """
            .formatted(ann));
    scene.send(room, doc);

    node.look();
    node.look();

    assertThat(scene.notified(ann)).containsExactly(name + " 1", name + " 2");
  }

  @Test
  void thereIsANewOneOnceAllNotificationsWereRead() {
    scene.send(room, doc);
    node.look();
    scene.execute("update inbox set read_up_to = 1 where user_id = '%s'".formatted(ann));
    scene.send(room, doc);

    node.look();

    assertThat(scene.notified(ann)).containsExactly(name + " 1", name + " 2");
  }

  @Test
  void whoHasWrittenSinceHasSeenWhatCameBefore() {
    scene.send(room, doc);
    scene.send(room, ann);

    node.look();

    assertThat(scene.notified(ann)).isEmpty();
    assertThat(scene.notified(doc)).containsExactly(name + " 2");
  }

  @Test
  void nobodyIsNotifiedOfTheRecordOfACall() {
    scene.recordCall(room, doc);
    node.look();
    assertThat(scene.notified(ann)).isEmpty();

    scene.send(room, doc);
    node.look();
    assertThat(scene.notified(ann)).containsExactly(name + " 2");
  }

  @Test
  void nobodyIsNotifiedInAChatWhoseUsersMayNotTalkAnyMore() {
    RoomId silenced = scene.room("chat:" + ann + ":" + doc, ann, doc);
    scene.execute("insert into app_user values ('default', '%s', 'provider')".formatted(doc));
    scene.send(silenced, doc);
    scene.execute("delete from room_member where user_id = '%s'".formatted(doc));
    scene.execute("update app_user set role = 'patient' where user_id = '%s'".formatted(doc));

    node.look();

    assertThat(scene.notified(ann)).isEmpty();
  }

  @Test
  void usersOfAChatAreNotifiedWhileTheyMayTalk() {
    RoomId chat = scene.room("chat:" + ann + ":" + doc, ann, doc);
    scene.execute("insert into app_user values ('default', '%s', 'provider')".formatted(doc));
    scene.send(chat, doc);

    node.look();

    assertThat(scene.notified(ann)).containsExactly("chat:" + ann + ":" + doc + " 1");
  }

  @Test
  void allOfALargeRoomAreNotifiedOnce() {
    String large = name + "-large";
    RoomId ward = scene.room(large, doc);
    scene.execute(
        """
        insert into room_member (room_key, tenant_id, user_id)
        select key, 'default', '%1$s-' || i from room, generate_series(1, 2300) i
        where room_id = '%2$s'
        """
            .formatted(ann, large));
    scene.send(ward, doc);
    scene.send(ward, doc);

    node.look();
    node.look();

    assertThat(
            scene.query(
                """
                select count(*), count(distinct user_id), sum(unread) from inbox
                where user_id like '%s-%%'
                """
                    .formatted(ann)))
        .containsExactly("2300 2300 2300");
  }

  @Test
  void allOfManyEntriesAreLookedAt() {
    // More than are looked at in one go, of which only the last is of a room with somebody else.
    RoomId alone = scene.room(name + "-alone", doc);
    scene.execute(
        """
        insert into entry (room_key, "offset", id, kind, sender_id, content, created_at)
        select key, n,
          (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7'
            || substr(replace(gen_random_uuid()::text, '-', ''), 14))::uuid,
          'message', '%1$s', '{"message":"Hello"}', now()
        from room, generate_series(1, 5000) n
        where room_id = '%2$s'
        """
            .formatted(doc, alone.value()));
    EntryId last = scene.send(room, doc);

    node.look();

    assertThat(scene.notified(ann)).containsExactly(name + " 1");
    assertThat(scene.mark().toString()).isGreaterThanOrEqualTo(last.toString());
  }

  @Test
  void nodesThatLookAtOnceNotifyOnce() {
    List<RoomId> rooms =
        IntStream.range(0, 40).mapToObj(i -> scene.room(name + "-" + i, ann, doc)).toList();
    List<Looking> nodes = Stream.generate(scene::node).limit(4).toList();
    for (int round = 0; round < 3; round++) {
      rooms.forEach(one -> scene.send(one, doc));

      await(Future.all(nodes.stream().map(Looking::begin).toList()));
      node.look();
    }

    assertThat(scene.notified(ann))
        .containsExactlyInAnyOrderElementsOf(
            rooms.stream().map(one -> one.value() + " 1").toList());
  }

  @Test
  void whatFailsInBetweenIsDoneAgainAsAWhole() {
    scene.send(room, doc);
    UUID before = scene.mark();
    scene.execute(
        "alter table message_notice add constraint broken check (user_id = '') not valid");
    try {
      assertThat(await(node.begin().map("done").otherwise("failed"))).isEqualTo("failed");
      assertThat(scene.notified(ann)).isEmpty();
      assertThat(scene.mark()).isEqualTo(before);
    } finally {
      scene.execute("alter table message_notice drop constraint broken");
    }

    node.look();

    assertThat(scene.notified(ann)).containsExactly(name + " 1");
    assertThat(unread(ann)).isEqualTo(1);
  }

  @Test
  void nothingIsLeftOutAfterAnOutageOfPostgres() {
    try (FaultProxy network = FaultProxy.before(scene.database().port())) {
      Looking cutOff = scene.node(network.port(), UNSEEN_AFTER.plusSeconds(2));
      cutOff.look();
      network.refuse();
      network.cut();
      scene.send(room, doc);
      assertThat(await(cutOff.begin().map("done").otherwise("failed"))).isEqualTo("failed");

      network.stopRefusing();
      cutOff.look();
    }

    assertThat(scene.notified(ann)).containsExactly(name + " 1");
  }

  @Test
  void nobodyIsNotifiedOfWhatWasThereBeforeTheServerDidSo() {
    try (var old = new UnseenScene()) {
      RoomId visit = old.room(name, ann, doc);
      old.execute(
          """
          insert into entry (room_key, "offset", id, kind, sender_id, content, created_at)
          select key, 1, '018f0000-0000-7000-8000-000000000000', 'message', '%s',
            '{"message":"Hello"}', now() - interval '1 year'
          from room where room_id = '%s'
          """
              .formatted(doc, name));
      old.execute("update room set top = 1");

      old.node().look();
      assertThat(old.notified(ann)).isEmpty();

      old.send(visit, doc);
      old.node(old.database().port(), UNSEEN_AFTER.plus(Duration.ofHours(1))).look();
      assertThat(old.notified(ann)).containsExactly(name + " 2");
    }
  }

  private long unread(String user) {
    return Long.parseLong(
        scene.query("select unread from inbox where user_id = '" + user + "'").getFirst());
  }
}
