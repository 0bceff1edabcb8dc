package org.carewire.signaling;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.carewire.protocol.CallId;
import org.carewire.protocol.CallMetrics;
import org.carewire.protocol.QualitySummary;
import org.carewire.protocol.QualitySummary.Spread;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** How well participants received each other, for as long as their call goes on. */
final class QualityStore {
  /**
   * Nothing of calls that are over. Their rows are locked, so that who ends a call and deletes its
   * samples in a later statement leaves none; in order, so that two writers do not block each other
   * for good.
   */
  private static final String WRITE =
      """
      with going_on as (
        select call_id from call
        where call_id = any ($1::uuid[]) and ended_at is null
        order by call_id
        for share skip locked
      )
      insert into call_sample (call_id, user_id, bitrate, packets_lost, jitter, latency,
        audio_level, video_height, frame_rate)
      select s.*
      from unnest($1::uuid[], $2::text[], $3::real[], $4::real[], $5::real[], $6::real[],
          $7::real[], $8::real[], $9::real[])
        as s (call_id, user_id, bitrate, packets_lost, jitter, latency, audio_level, video_height,
          frame_rate)
      join going_on using (call_id)
      """;

  /** By way of numeric, as 0.1 stored as real is 0.10000000149 as double precision. */
  private static final String SUMMARISE =
      """
      select s.user_id, s.samples, m.metric,
        min(m.value::numeric)::double precision as min,
        percentile_cont(0.5) within group (order by m.value::numeric::double precision) as median,
        percentile_cont(0.95) within group (order by m.value::numeric::double precision) as p95
      from (
        select *, count(*) over (partition by user_id) as samples
        from call_sample where call_id = $1
      ) s
      cross join lateral (values
        ('bitrate', s.bitrate), ('packetsLost', s.packets_lost), ('jitter', s.jitter),
        ('latency', s.latency), ('audioLevel', s.audio_level), ('videoHeight', s.video_height),
        ('frameRate', s.frame_rate)) as m (metric, value)
      where m.value is not null
      group by s.user_id, s.samples, m.metric
      order by s.user_id, m.metric
      """;

  private static final String DELETE = "delete from call_sample where call_id = $1";

  /** What a participant has reported once. */
  record Sample(CallId call, UserId user, CallMetrics metrics) {}

  private QualityStore() {}

  /** Leaves out what is of calls that are over. */
  static Future<?> write(SqlClient client, List<Sample> samples) {
    return client
        .preparedQuery(WRITE)
        .execute(
            Tuple.of(samples.stream().map(sample -> uuid(sample.call())).toArray(UUID[]::new))
                .addValue(
                    samples.stream().map(sample -> sample.user().value()).toArray(String[]::new))
                .addValue(numbers(samples, CallMetrics::bitrate))
                .addValue(numbers(samples, CallMetrics::packetsLost))
                .addValue(numbers(samples, CallMetrics::jitter))
                .addValue(numbers(samples, CallMetrics::latency))
                .addValue(numbers(samples, CallMetrics::audioLevel))
                .addValue(numbers(samples, CallMetrics::videoHeight))
                .addValue(numbers(samples, CallMetrics::frameRate)));
  }

  private static @Nullable Float[] numbers(
      List<Sample> samples, Function<CallMetrics, @Nullable Number> metric) {
    var numbers = new @Nullable Float[samples.size()];
    for (int i = 0; i < numbers.length; i++) {
      Number number = metric.apply(samples.get(i).metrics());
      numbers[i] = number == null ? null : number.floatValue();
    }
    return numbers;
  }

  /** Of each participant that has reported anything, in order of their ids. */
  static Future<List<QualitySummary>> summarise(SqlClient client, CallId call) {
    return client
        .preparedQuery(SUMMARISE)
        .execute(Tuple.of(uuid(call)))
        .map(QualityStore::summaries);
  }

  private static List<QualitySummary> summaries(RowSet<Row> rows) {
    var samples = new LinkedHashMap<UserId, Long>();
    var metrics = new LinkedHashMap<UserId, Map<String, Spread>>();
    for (Row row : rows) {
      var user = new UserId(row.getString("user_id"));
      samples.put(user, row.getLong("samples"));
      metrics
          .computeIfAbsent(user, _ -> new LinkedHashMap<>())
          .put(
              row.getString("metric"),
              new Spread(row.getDouble("min"), row.getDouble("median"), row.getDouble("p95")));
    }
    var summaries = new ArrayList<QualitySummary>();
    metrics.forEach(
        (user, spreads) ->
            summaries.add(new QualitySummary(user, samples.getOrDefault(user, 0L), spreads)));
    return List.copyOf(summaries);
  }

  static Future<?> delete(SqlClient client, CallId call) {
    return client.preparedQuery(DELETE).execute(Tuple.of(uuid(call)));
  }

  private static UUID uuid(CallId call) {
    return UUID.fromString(call.value());
  }
}
