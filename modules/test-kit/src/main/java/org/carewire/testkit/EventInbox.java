package org.carewire.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Events in the order of their arrival, until a test takes them. */
final class EventInbox {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Event> events = new ArrayList<>();
  private @Nullable Integer closeCode;

  void add(String name, JsonNode data) {
    lock.lock();
    try {
      events.add(new Event(name, data));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing comes any more. Only the first call counts. */
  void end(int code) {
    lock.lock();
    try {
      if (closeCode == null) {
        closeCode = code;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Takes the first such event, waiting for it if need be. */
  JsonNode take(String name, Predicate<? super JsonNode> which, Duration deadline) {
    long nanos = deadline.toNanos();
    lock.lock();
    try {
      while (true) {
        JsonNode found = poll(name, which);
        if (found != null) {
          return found;
        }
        if (closeCode != null) {
          throw new AssertionError("Closed with " + closeCode + " and no " + name + "; " + names());
        }
        if (nanos <= 0) {
          throw new AssertionError("No such " + name + " within " + deadline + "; " + names());
        }
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  /** Takes all such events that have come. */
  List<JsonNode> takeAll(String name) {
    lock.lock();
    try {
      List<JsonNode> taken = new ArrayList<>();
      for (JsonNode next = poll(name, any -> true); next != null; next = poll(name, any -> true)) {
        taken.add(next);
      }
      return taken;
    } finally {
      lock.unlock();
    }
  }

  int awaitEnd(Duration deadline) {
    long nanos = deadline.toNanos();
    lock.lock();
    try {
      while (closeCode == null) {
        if (nanos <= 0) {
          throw new AssertionError("Still open after " + deadline + "; " + names());
        }
        nanos = changed.awaitNanos(nanos);
      }
      return closeCode;
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable JsonNode poll(String name, Predicate<? super JsonNode> which) {
    for (Iterator<Event> all = events.iterator(); all.hasNext(); ) {
      Event event = all.next();
      if (event.name.equals(name) && which.test(event.data)) {
        all.remove();
        return event.data;
      }
    }
    return null;
  }

  private String names() {
    return "came but not taken: " + events.stream().map(Event::name).distinct().toList();
  }

  static AssertionError interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new AssertionError("Interrupted", e);
  }

  private record Event(String name, JsonNode data) {}
}
