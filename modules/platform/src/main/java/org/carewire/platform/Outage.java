package org.carewire.platform;

import io.vertx.core.VertxException;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.pgclient.PgException;
import io.vertx.redis.client.impl.types.ErrorType;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Tells a part that is down, or too busy, from a fault of ours. */
public final class Outage {
  private Outage() {}

  public static boolean is(Throwable failure) {
    return switch (failure) {
      case PgException e -> isOutageState(e.getSqlState());
      case IOException _, TimeoutException _ -> true;
      case ClosedConnectionException _, ConnectionPoolTooBusyException _ -> true;
      // Redis that is loading, read-only or gone; "ERR" is a mistake of ours.
      case ErrorType e -> !e.is("ERR");
      // The clients report a lost connection and a full queue by the plain type.
      case VertxException e when e.getClass() == VertxException.class -> true;
      // What the pool says, in a type of its own, when no connection has become free.
      default -> "Timeout".equals(failure.getMessage());
    };
  }

  /**
   * Connection failures, lack of resources, a server that stops or starts or became read-only, and
   * statements that took too long or waited too long for a lock.
   */
  private static boolean isOutageState(String sqlState) {
    return sqlState.startsWith("08")
        || sqlState.startsWith("53")
        || sqlState.startsWith("57P")
        || sqlState.equals("25006")
        || sqlState.equals("57014")
        || sqlState.equals("55P03");
  }
}
