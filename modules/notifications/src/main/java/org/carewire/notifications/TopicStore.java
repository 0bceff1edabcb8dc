package org.carewire.notifications;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Topic;

/** Who subscribes to which topics. */
final class TopicStore {
  private static final String SUBSCRIBE =
      """
      with wanted as (
        select topic from unnest($3::text[]) as w (topic)
      ), within as (
        select count(*) + cardinality($3) <= $4 as ok
        from topic_subscription
        where tenant_id = $1 and user_id = $2 and not topic = any ($3)
      ), added as (
        insert into topic_subscription (tenant_id, topic, user_id)
        select $1, topic, $2 from wanted where (select ok from within)
        order by topic
        on conflict do nothing
      )
      select ok from within
      """;

  private static final String UNSUBSCRIBE =
      """
      delete from topic_subscription
      where tenant_id = $1 and user_id = $2 and topic = any ($3::text[])
      """;

  private final Pool pool;

  TopicStore(Pool pool) {
    this.pool = pool;
  }

  /** Subscribes to all of them; answers false, and does not, where that would be too many. */
  Future<Boolean> subscribe(Caller caller, List<Topic> topics, int maxTopics) {
    return pool.preparedQuery(SUBSCRIBE)
        .execute(named(caller, topics).addInteger(maxTopics))
        .map(rows -> rows.iterator().next().getBoolean("ok"));
  }

  Future<?> unsubscribe(Caller caller, List<Topic> topics) {
    return pool.preparedQuery(UNSUBSCRIBE).execute(named(caller, topics));
  }

  private static Tuple named(Caller caller, List<Topic> topics) {
    return Tuple.of(
        caller.tenant().value(),
        caller.user().value(),
        topics.stream().map(Topic::value).toArray(String[]::new));
  }
}
