package org.carewire.platform;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import org.carewire.protocol.Limits;

/** What every verticle of a node is handed, to build its own parts from. */
public record Platform(
    Vertx vertx,
    NodeId node,
    Cluster cluster,
    Clock clock,
    Limits limits,
    Bus bus,
    Deliveries deliveries,
    Pool pool,
    RedisAccess redis,
    NodeLease lease,
    Routes routes,
    Doubts doubts,
    AuditQueue audit,
    Epoch epoch,
    MeterRegistry metrics) {}
