package org.carewire.server;

import static org.carewire.testkit.Json.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.function.Predicate;

/**
 * What the client of a device does about notifications: it reads them, one or all, and lists them.
 */
final class NotificationClient {
  private static final int PAGE = 4;

  private final DeliveryModel model;
  private final ModelDevice device;
  private final ReadMarks marks;
  private final Random random;

  /**
   * A client that has read nothing.
   *
   * @param marks of its user
   */
  NotificationClient(DeliveryModel model, ModelDevice device, ReadMarks marks, Random random) {
    this.model = model;
    this.device = device;
    this.marks = marks;
    this.random = random;
  }

  ModelDevice device() {
    return device;
  }

  ReadMarks marks() {
    return marks;
  }

  /** Its user does something. */
  void act(ModelConnection by) {
    NavigableMap<Long, String> held = device.held(device.inbox());
    int kind = random.nextInt(10);
    if (kind < 5 && !held.isEmpty()) {
      read(by, List.copyOf(held.values()).get(random.nextInt(held.size())));
    } else if (kind < 6) {
      readAll(by, held.isEmpty() ? 0 : held.lastKey());
    } else if (kind < 9) {
      list(by, object("limit", PAGE), Long.MAX_VALUE);
    } else {
      device.ask(by, "notification:getUnreadCount", object(), DeliveryModel.ANY);
    }
  }

  /** Reads the newest that it has. */
  void readLast() {
    ModelConnection by = device.connection();
    NavigableMap<Long, String> held = device.held(device.inbox());
    if (by != null && !held.isEmpty()) {
      read(by, held.lastEntry().getValue());
    }
  }

  private void read(ModelConnection by, String id) {
    marks.ask(id);
    device.ask(
        by,
        "notification:read",
        object("notificationId", id),
        reply -> {
          if (reply.path("success").asBoolean()) {
            marks.done(id);
          } else if (!reply.path("retryable").asBoolean()) {
            model.surprised(by + ": what it was notified of was answered with " + reply);
          }
        });
  }

  private void readAll(ModelConnection by, long upTo) {
    ReadMarks.ReadAll all = marks.askAll();
    device.ask(
        by,
        "notification:readAll",
        object(),
        reply -> {
          if (reply.path("success").asBoolean()) {
            all.answered();
            marks.allDone(upTo);
          }
        });
  }

  /** A page, and where that is the first one the next. */
  private void list(ModelConnection by, ObjectNode page, long below) {
    Predicate<JsonNode> isKnownAsRead = knownAsRead();
    device.ask(
        by,
        "notification:list",
        page,
        reply -> {
          JsonNode last = check(by, reply.path("notifications"), below, isKnownAsRead);
          if (below == Long.MAX_VALUE && reply.path("hasMore").asBoolean() && by.isOpen()) {
            list(
                by,
                object("limit", PAGE, "before", last.path("timestamp")),
                last.path("offset").asLong());
          }
        });
  }

  /** By what is acknowledged now. */
  private Predicate<JsonNode> knownAsRead() {
    ReadMarks now = marks.copy();
    return notification ->
        now.isRead(notification.path("id").asText(), notification.path("offset").asLong());
  }

  /** The newest first, none left out, and read what was read. Answers the last. */
  private JsonNode check(
      ModelConnection by, JsonNode page, long below, Predicate<JsonNode> isKnownAsRead) {
    JsonNode last = object("offset", below);
    for (JsonNode next : page) {
      long before = last.path("offset").asLong();
      long offset = next.path("offset").asLong();
      if (before != Long.MAX_VALUE && offset != before - 1) {
        model.miscounted(by + " was listed " + offset + " after " + before);
      }
      if (isKnownAsRead.test(next) && !next.path("read").asBoolean()) {
        model.miscounted(by + " was listed as unread what was read, " + offset);
      }
      last = next;
    }
    return last;
  }
}
