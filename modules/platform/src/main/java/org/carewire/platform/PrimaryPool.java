package org.carewire.platform;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PrepareOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.internal.Connection;
import io.vertx.sqlclient.internal.SqlConnectionInternal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of connections to that one of several servers which is the primary. All are asked what
 * they are, twice a second. Where another one has become the primary, a new pool takes the place of
 * the old one, whose connections are closed: also those of a server that hangs, or that lives on
 * and can only be read. While there is no primary, the pool is that of the last one.
 */
final class PrimaryPool implements Pool {
  private static final Logger log = LoggerFactory.getLogger(PrimaryPool.class);
  private static final long INTERVAL_MS = 500;
  private static final long ANSWER_MS = 1_000;
  private static final long FIRST_LOOK_MS = 2_000;

  /**
   * A promotion begins a new timeline. So of two that take themselves for the primary, the one on
   * the later timeline is: the other has come back from the dead.
   */
  private static final String TIMELINE =
      """
      select case
        when current_setting('transaction_read_only')::boolean then null
        else substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)
      end
      """;

  private record Primary(ServerAddress server, Pool pool, ChannelGroup channels) {
    static Primary at(Vertx vertx, PostgresConfig config, ServerAddress server) {
      var channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
      Pool pool =
          Postgres.builder(vertx, config, server)
              .withConnectHandler(
                  connection -> {
                    channels.add(channel(connection));
                    connection.close();
                  })
              .build();
      return new Primary(server, pool, channels);
    }

    private static Channel channel(SqlConnection connection) {
      Connection pooled = ((SqlConnectionInternal) connection).unwrap();
      return ((SocketConnectionBase) pooled.unwrap()).socket().channelHandlerContext().channel();
    }

    /** Ends also what is under way; the pool by itself would wait for the server. */
    void abandon() {
      pool.close();
      for (Channel channel : channels) {
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
          var _ = first.close();
        }
      }
    }
  }

  private record Claim(ServerAddress server, long timeline) {}

  private final Vertx vertx;
  private final PostgresConfig config;
  private final Map<ServerAddress, Pool> watched = new LinkedHashMap<>();
  private volatile Primary primary;
  private volatile boolean found;

  /** The latest that a primary was on: who comes back on an earlier one is none. */
  private volatile long timeline;

  private volatile boolean closed;

  private PrimaryPool(Vertx vertx, PostgresConfig config) {
    this.vertx = vertx;
    this.config = config;
    config.servers().forEach(server -> watched.put(server, Postgres.watch(vertx, config, server)));
    ServerAddress first = config.servers().getFirst();
    this.primary = Primary.at(vertx, config, first);
  }

  /** Blocks until it has looked for the primary once. */
  static PrimaryPool open(Vertx vertx, PostgresConfig config) {
    var pool = new PrimaryPool(vertx, config);
    try {
      pool.look().await(FIRST_LOOK_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // It goes on looking.
      log.atWarn().log("postgres.primaryNotFound");
    }
    return pool;
  }

  private Future<?> look() {
    List<Future<@Nullable Claim>> answers = new ArrayList<>();
    watched.forEach((server, pool) -> answers.add(ask(server, pool)));
    return Future.join(answers).onComplete(_ -> looked(answers));
  }

  private static Future<@Nullable Claim> ask(ServerAddress server, Pool pool) {
    return pool.query(TIMELINE)
        .execute()
        .timeout(ANSWER_MS, TimeUnit.MILLISECONDS)
        .map(rows -> rows.iterator().next().getString(0))
        .map(line -> line == null ? null : new Claim(server, Long.parseLong(line, 16)))
        .otherwiseEmpty();
  }

  private void looked(List<Future<@Nullable Claim>> answers) {
    if (closed) {
      return;
    }
    vertx.setTimer(INTERVAL_MS, _ -> look());
    Claim best = null;
    for (Future<@Nullable Claim> answer : answers) {
      Claim claim = answer.result();
      if (claim != null && claim.timeline >= timeline && (best == null || isBetter(claim, best))) {
        best = claim;
      }
    }
    if (best == null) {
      if (found) {
        log.atWarn().log("postgres.primaryNotFound");
      }
    } else if (!found || !best.server.equals(primary.server)) {
      follow(best.server);
    }
    found = best != null;
    timeline = best == null ? timeline : best.timeline;
  }

  private boolean isBetter(Claim claim, Claim than) {
    return claim.timeline > than.timeline
        || (claim.timeline == than.timeline && claim.server.equals(primary.server));
  }

  private void follow(ServerAddress server) {
    log.atInfo().addKeyValue("server", server).log("postgres.primaryFound");
    Primary former = primary;
    if (!server.equals(former.server)) {
      primary = Primary.at(vertx, config, server);
      former.abandon();
    }
  }

  @Override
  public Future<SqlConnection> getConnection() {
    return primary.pool.getConnection();
  }

  @Override
  public Query<RowSet<Row>> query(String sql) {
    return primary.pool.query(sql);
  }

  @Override
  public PreparedQuery<RowSet<Row>> preparedQuery(String sql) {
    return primary.pool.preparedQuery(sql);
  }

  @Override
  public PreparedQuery<RowSet<Row>> preparedQuery(String sql, PrepareOptions options) {
    return primary.pool.preparedQuery(sql, options);
  }

  @Override
  public int size() {
    return primary.pool.size();
  }

  @Override
  public Future<Void> close() {
    closed = true;
    List<Future<Void>> closing = new ArrayList<>();
    watched.values().forEach(pool -> closing.add(pool.close()));
    closing.add(primary.pool.close());
    return Future.join(closing).mapEmpty();
  }
}
