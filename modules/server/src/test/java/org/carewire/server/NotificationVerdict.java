package org.carewire.server;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.carewire.server.Posting.Asked;
import org.carewire.server.Posting.Cancellation;
import org.carewire.server.StoredNotifications.Stored;
import org.carewire.server.Verdict.Invariant;
import org.carewire.server.Verdict.Violation;
import org.jspecify.annotations.Nullable;

/** Compares what was posted and what was read with the inboxes of all users. */
final class NotificationVerdict {
  /** As promised, and what a machine that starts nodes takes beside it. */
  private static final Duration PUNCTUAL = Duration.ofSeconds(1).plusSeconds(2);

  /** For so long a transaction that nobody ends may hold its locks. */
  private static final Duration RECOVERED = Duration.ofSeconds(10);

  private final StoredNotifications stored;
  private final Map<String, ReadMarks> marks;
  private final Disturbances disturbances;
  private final List<Violation> violations = new ArrayList<>();
  private Duration latest = Duration.ZERO;
  private int timed;

  private NotificationVerdict(
      StoredNotifications stored, Map<String, ReadMarks> marks, Disturbances disturbances) {
    this.stored = stored;
    this.marks = marks;
    this.disturbances = disturbances;
  }

  /**
   * Looks at everything.
   *
   * @param marks of each user
   */
  static NotificationVerdict on(
      List<Posting> postings,
      StoredNotifications stored,
      Map<String, ReadMarks> marks,
      Disturbances disturbances) {
    var verdict = new NotificationVerdict(stored, marks, disturbances);
    verdict.checkMissedCalls();
    verdict.checkPostings(postings);
    verdict.checkRead();
    return verdict;
  }

  List<Violation> violations() {
    return violations;
  }

  /** How late what was to be sent later was at most, where PostgreSQL was there for all. */
  Duration latest() {
    return latest;
  }

  /** How many of those there were. */
  int timed() {
    return timed;
  }

  private void violated(String what) {
    violations.add(new Violation(Invariant.NOTIFIED, what));
  }

  private void checkMissedCalls() {
    var told = new TreeSet<String>();
    stored.all().stream()
        .filter(one -> one.call() != null)
        .forEach(
            one -> {
              if (!told.add(one.call() + " " + one.user())) {
                violated("told twice of a call that was missed: " + one);
              }
            });
    if (!told.equals(stored.missed())) {
      violated("told of missed calls " + told + ", missed were " + stored.missed());
    }
  }

  private void checkPostings(List<Posting> postings) {
    Map<String, List<Stored>> byText =
        stored.all().stream()
            .filter(one -> one.call() == null)
            .collect(groupingBy(Stored::text, HashMap::new, toList()));
    for (Posting posting : postings) {
      List<Stored> found = byText.remove(posting.asked().text());
      check(posting, found == null ? List.of() : found);
    }
    byText.values().forEach(unknown -> violated("nobody has posted " + unknown));
  }

  private void check(Posting posting, List<Stored> found) {
    Asked asked = posting.asked();
    if (!posting.isAnsweredAlike()) {
      violated("a repeat was answered otherwise: " + posting);
    }
    var have = new HashSet<String>();
    for (Stored one : found) {
      if (!have.add(one.user())) {
        violated(one.user() + " has it twice: " + posting);
      }
      if (!asked.users().contains(one.user())) {
        violated(one.user() + " has what is for others: " + posting);
      }
      checkTime(posting, one);
    }
    Instant acknowledged = posting.acknowledgedAt();
    if (acknowledged != null) {
      checkIsComplete(posting, found, have);
    } else if (asked.sendAt() == null
        && asked.topic() == null
        && !have.isEmpty()
        && have.size() < asked.users().size()) {
      violated("some have it, others have not: " + posting);
    }
  }

  private void checkIsComplete(Posting posting, List<Stored> found, Set<String> have) {
    Asked asked = posting.asked();
    for (String user : asked.users()) {
      Cancellation cancellation = posting.cancellation(user);
      if (have.contains(user) && cancellation == Cancellation.TAKEN_BACK) {
        violated(user + " has what was taken back: " + posting);
      }
      if (!have.contains(user) && (cancellation == null || cancellation == Cancellation.TOO_LATE)) {
        violated(user + " has not got " + posting);
      }
    }
    if (asked.topic() == null) {
      found.stream()
          .filter(one -> asked.users().contains(one.user()))
          .filter(one -> !one.id().equals(posting.idOf(one.user())))
          .forEach(one -> violated(one + " is not what was promised: " + posting));
    }
  }

  private void checkTime(Posting posting, Stored one) {
    Instant sendAt = posting.asked().sendAt();
    if (sendAt == null) {
      return;
    }
    if (one.storedAt().isBefore(sendAt)) {
      violated(one + " came too early: " + posting);
    }
    Instant acknowledged = posting.acknowledgedAt();
    Instant due = acknowledged != null && acknowledged.isAfter(sendAt) ? acknowledged : sendAt;
    if (acknowledged == null
        || disturbances.areOfPostgres(sendAt.minus(RECOVERED), due.plus(PUNCTUAL))) {
      return;
    }
    timed++;
    Duration late = Duration.between(due, one.storedAt());
    latest = late.compareTo(latest) > 0 ? late : latest;
    if (late.compareTo(PUNCTUAL) > 0) {
      violated(one + " came " + late + " too late: " + posting);
    }
  }

  private void checkRead() {
    for (Stored one : stored.all()) {
      @Nullable ReadMarks ofUser = marks.get(one.user());
      if (!one.isBeside()) {
        violated("only in the log: " + one);
      } else if (ofUser != null && !one.isRead() && ofUser.isRead(one.id(), one.offset())) {
        unread("was read, and is no longer: " + one);
      } else if (one.isRead() && (ofUser == null || !ofUser.mayBeRead(one.id(), one.storedAt()))) {
        unread("nobody has read " + one);
      }
    }
    Map<String, Long> truth =
        stored.counted().keySet().stream().collect(toMap(user -> user, stored::unread));
    if (!truth.equals(stored.counted())) {
      unread("counted are " + stored.counted() + ", not read " + truth);
    }
  }

  private void unread(String what) {
    violations.add(new Violation(Invariant.UNREAD, what));
  }
}
