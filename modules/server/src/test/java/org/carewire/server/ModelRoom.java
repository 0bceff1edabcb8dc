package org.carewire.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A room, who is always in it, and who comes and goes. */
final class ModelRoom {
  /** A user taken into the room, or off it: when the server was told to, and when it had. */
  record Change(boolean in, Instant asked, Instant answered) {}

  private static final Duration EFFECTIVE_WITHIN = Duration.ofSeconds(1);

  private final String id;
  private final List<String> staying;
  private final List<String> passing;
  private final @Nullable Function<Collection<String>, ObjectNode> body;
  private final Set<String> members = new TreeSet<>();
  private final Map<String, List<Change>> changes = new ConcurrentHashMap<>();
  private final AtomicInteger version = new AtomicInteger();

  /**
   * A room whose members are all in it.
   *
   * @param body of the call that sets the members that come and go; null where nobody does
   */
  ModelRoom(
      String id,
      List<String> staying,
      List<String> passing,
      @Nullable Function<Collection<String>, ObjectNode> body) {
    this.id = id;
    this.staying = staying;
    this.passing = passing;
    this.body = body;
    members.addAll(passing);
  }

  String id() {
    return id;
  }

  /** The path of the API that it is set by. */
  String path() {
    return "/" + id.replace(":", "s/");
  }

  List<String> passing() {
    return passing;
  }

  /** Its members but one. */
  List<String> others(String user) {
    return staying.stream().filter(member -> !member.equals(user)).toList();
  }

  boolean concerns(String user) {
    return staying.contains(user) || passing.contains(user);
  }

  /**
   * Takes a user in or off, unless he is already.
   *
   * @param call has the server set the members, and returns once it has
   */
  void change(String user, boolean in, Consumer<ObjectNode> call) {
    if (body == null || members.contains(user) == in) {
      return;
    }
    if (in) {
      members.add(user);
    } else {
      members.remove(user);
    }
    version.incrementAndGet();
    Instant asked = Instant.now();
    call.accept(body.apply(members));
    changes
        .computeIfAbsent(user, any -> new CopyOnWriteArrayList<>())
        .add(new Change(in, asked, Instant.now()));
    version.incrementAndGet();
  }

  /** Changes with every member who comes or goes, and is odd meanwhile. */
  int version() {
    return version.get();
  }

  /** Whether a user may have come or gone in that time. */
  boolean changed(String user, Instant from, Instant to) {
    return changesOf(user).stream()
        .anyMatch(
            change ->
                !change.answered().plus(EFFECTIVE_WITHIN).isBefore(from)
                    && !change.asked().isAfter(to));
  }

  /** How often a user may have come in that time. */
  long entered(String user, Instant from, Instant to) {
    return changesOf(user).stream()
        .filter(
            change ->
                change.in()
                    && !change.answered().plus(EFFECTIVE_WITHIN).isBefore(from)
                    && !change.asked().isAfter(to))
        .count();
  }

  /** Whether what was stored at one time could be sent to a user at another. */
  boolean isFor(String user, Instant stored, Instant sent) {
    if (!concerns(user)) {
      return false;
    }
    List<Change> all = changesOf(user);
    for (int i = 0; i < all.size(); i++) {
      Change off = all.get(i);
      Instant back = i + 1 < all.size() ? all.get(i + 1).asked() : Instant.MAX;
      if (!off.in()
          && stored.isAfter(off.answered().plus(EFFECTIVE_WITHIN))
          && sent.isBefore(back)) {
        return false;
      }
    }
    return true;
  }

  List<Change> changesOf(String user) {
    return changes.getOrDefault(user, List.of());
  }

  @Override
  public String toString() {
    return id;
  }
}
