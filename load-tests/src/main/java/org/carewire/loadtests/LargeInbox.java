package org.carewire.loadtests;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A user who has had notifications for years, and has read all but the oldest: so that whoever
 * looks at each comes to those that are not read last.
 */
final class LargeInbox extends ClientSession {
  private static final String USER = "inbox";
  private static final int STORED = 100_000;
  private static final int UNREAD = 1_000;
  private static final int WARM_UP = 1_000;
  private static final int REQUESTS = 500;
  private static final int FIRST_ID = 10;
  private static final int STEP_SECONDS = 60;

  /** One a minute since the year's beginning, so this is the middle. */
  private static final String MIDDLE = "2025-02-04T17:20:00.000Z";

  private final Bench bench;
  private final ClientLoop loop;
  private @Nullable ClientSocket socket;
  private int answered;

  LargeInbox(Bench bench, ClientLoop loop) {
    super(USER, "patient", "device-" + USER);
    this.bench = bench;
    this.loop = loop;
  }

  private interface Request {
    /** The number of the request counts from 1. */
    String data(int number);
  }

  void measure() {
    Progress.say("storing %,d notifications of a user".formatted(STORED));
    bench.execute(fill());
    bench.execute("analyze");
    socket = loop.open(1, bench.server().address(), this);
    require(loop.turnUntil(this::isCaughtUp, STEP_SECONDS));
    Request newest = _ -> "{\"limit\":50}";
    run("notification:list", newest, WARM_UP);
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("request", "answered after " + Latencies.HEADING));
    rows.add(row("notification:getUnreadCount", "", _ -> "{}"));
    rows.add(row("notification:list", ", the newest 50", newest));
    rows.add(
        row(
            "notification:list",
            ", 50 from the middle",
            _ -> "{\"limit\":50,\"before\":\"" + MIDDLE + "\"}"));
    rows.add(row("notification:list", ", 50 unread", _ -> "{\"limit\":50,\"unreadOnly\":true}"));
    rows.add(
        row(
            "notification:read",
            "",
            number -> "{\"notificationId\":\"00000000-0000-7000-8000-%012x\"}".formatted(number)));
    rows.add(
        row(
            "notification:list",
            ", 50 unread, the newest of 500",
            _ -> "{\"limit\":50,\"unreadOnly\":true}"));
    Progress.table(
        "A user with %,d notifications, %,d of them unread, one request at a time"
            .formatted(STORED, UNREAD),
        bench.describe(),
        rows);
  }

  private static String fill() {
    return """
    with numbers as (
      select n, timestamptz '2025-01-01 00:00:00Z' + n * interval '1 minute' as at
      from generate_series(1, %2$d) as n
    ), own as (
      insert into room (tenant_id, room_id, kind, top, updated_at)
      select 'default', 'notifications:%1$s', 'notifications', %2$d, max(at) from numbers
      returning key
    ), membership as (
      insert into room_member (room_key, tenant_id, user_id)
      select key, 'default', '%1$s' from own
    ), entries as (
      insert into entry (room_key, "offset", id, kind, content, created_at)
      select key, n, ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
        'notification',
        '{"type":"system_alert","priority":"medium","title":"Load test","message":"It is long ago"}',
        at
      from own cross join numbers
    ), counted as (
      insert into inbox (room_key, tenant_id, user_id, unread, version, changed_at)
      select key, 'default', '%1$s', %3$d, %2$d, now() from own
    )
    insert into notification (room_key, "offset", read_at)
    select key, n, case when n > %3$d then at end from own cross join numbers
    """
        .formatted(USER, STORED, UNREAD);
  }

  private List<String> row(String event, String what, Request request) {
    return List.of("`" + event + "`" + what, run(event, request, REQUESTS).cell());
  }

  private Latencies run(String event, Request request, int times) {
    var latencies = new Latencies();
    for (int i = 1; i <= times; i++) {
      long begun = System.nanoTime();
      answered = 0;
      write(
          "{\"id\":%d,\"event\":\"%s\",\"data\":%s}"
              .formatted(FIRST_ID + i, event, request.data(i)));
      int id = FIRST_ID + i;
      require(loop.turnUntil(() -> answered == id, STEP_SECONDS));
      latencies.add(System.nanoTime() - begun);
    }
    return latencies;
  }

  private static void require(boolean done) {
    if (!done) {
      throw new IllegalStateException("No answer has come");
    }
  }

  private void write(String frame) {
    if (socket == null) {
      throw new IllegalStateException("Not connected");
    }
    socket.write(Frames.masked(Frames.TEXT, Ascii.of(frame)));
  }

  @Override
  void greeted() {}

  @Override
  void caughtUp() {}

  @Override
  void replied(long id, boolean success, byte[] bytes, int from, int to) {
    if (!success) {
      throw new IllegalStateException("Refused: " + text(bytes, from, to));
    }
    answered = (int) id;
  }

  @Override
  void happened(byte[] bytes, int from, int to) {}
}
