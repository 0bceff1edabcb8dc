package org.carewire.platform;

import io.vertx.pgclient.PgException;

/** Failures that PostgreSQL asks to be retried: serialisation failures and deadlocks. */
public final class Conflicts {
  /** How often a transaction is tried in all. */
  public static final int ATTEMPTS = 5;

  private Conflicts() {}

  public static boolean is(Throwable failure) {
    return failure instanceof PgException e
        && (e.getSqlState().equals("40001") || e.getSqlState().equals("40P01"));
  }
}
