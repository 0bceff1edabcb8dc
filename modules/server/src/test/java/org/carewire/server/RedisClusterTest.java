package org.carewire.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.carewire.server.Clinic.newId;
import static org.carewire.server.Replies.each;
import static org.carewire.server.Replies.ok;
import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.carewire.testkit.TestClient;
import org.carewire.testkit.TestRedisCluster;
import org.carewire.testkit.Tokens;
import org.carewire.testkit.WebSocketTestClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A node whose Redis is a Cluster. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisClusterTest {
  private static final int ROOMS = 10;

  private final TestRedisCluster redis = TestRedisCluster.start();
  private final Clinic clinic =
      Clinic.open(
          Described.by(WebSocketTestClient.TRANSPORT),
          Map.of("redis.mode", "cluster", "redis.uri", String.join(", ", redis.uris())));

  @AfterAll
  void close() {
    clinic.close();
    redis.close();
  }

  @Test
  void thoseInARoomSeeEachOtherAndADeviceThatReturnsIsRecognised() {
    // As many that each master has some.
    for (int i = 0; i < ROOMS; i++) {
      String ann = newId("ann");
      String doc = newId("doc");
      String room = "visit:" + clinic.visit(ann, doc);
      TestClient provider = clinic.provider(doc);
      TestClient phone = clinic.session(Tokens.patient(ann), "phone-" + ann);
      ok(provider.request("room:join", object("roomId", room)));

      JsonNode joined = ok(phone.request("room:join", object("roomId", room)));

      assertThat(each(joined.get("participants"), "socketId"))
          .containsExactlyInAnyOrder(provider.socketId(), phone.socketId());
      assertThat(provider.next("room:userJoined").get("socketId").asText())
          .isEqualTo(phone.socketId());

      phone.drop();
      JsonNode there;
      do {
        there = ok(provider.request("room:participants", object("roomId", room)));
      } while (there.get("participants").size() > 1);
      JsonNode hello =
          clinic.connect().hello(object("token", Tokens.patient(ann), "deviceId", "phone-" + ann));

      assertThat(hello.get("resumed").asBoolean()).isTrue();
      assertThat(hello.at("/rooms/0").asText()).isEqualTo(room);
      provider.expectNone("room:userJoined");
    }
  }
}
