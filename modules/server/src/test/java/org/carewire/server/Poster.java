package org.carewire.server;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.carewire.server.Posting.Asked;
import org.carewire.server.Posting.Cancellation;
import org.carewire.testkit.ApiClient;
import org.carewire.testkit.ApiClient.Answer;
import org.carewire.testkit.Tokens;
import org.jspecify.annotations.Nullable;

/**
 * A service of the platform that posts notifications: to one user, to many, to topics, some for
 * later, and takes some of those back. What is not answered it posts again, to another node, by the
 * same key; what has no key it gives up.
 */
final class Poster implements Runnable {
  private static final int LONGEST_PAUSE_MS = 400;

  /** So far ahead is the latest that it posts. */
  static final Duration LATEST = Duration.ofSeconds(2);

  /** Around the time when it is to be sent, some take it back. */
  private static final int HASTE_MS = 300;

  private static final Duration BEFORE_A_REPEAT = Duration.ofMillis(100);

  private record Regret(Posting posting, String id, Instant due) {}

  private final ProcessCluster cluster;
  private final DeliveryModel model;
  private final Predicate<URI> excused;
  private final String name;
  private final List<String> users;
  private final Map<String, List<String>> topics;
  private final Random random;
  private final Queue<Posting> postings = new ConcurrentLinkedQueue<>();
  private final List<Regret> regrets = new ArrayList<>();
  private int posted;
  private volatile boolean idle = true;
  private volatile boolean resting = true;
  private volatile boolean over;

  /**
   * A service that has not posted anything.
   *
   * @param excused whether a node could not answer
   * @param users whom it notifies
   * @param topics with their subscribers
   */
  Poster(
      ProcessCluster cluster,
      DeliveryModel model,
      Predicate<URI> excused,
      String name,
      List<String> users,
      Map<String, List<String>> topics,
      Random random) {
    this.cluster = cluster;
    this.model = model;
    this.excused = excused;
    this.name = name;
    this.users = users;
    this.topics = topics;
    this.random = random;
  }

  List<Posting> postings() {
    return List.copyOf(postings);
  }

  void begin() {
    resting = false;
    idle = false;
  }

  /** From now on it only gets done what it has begun. */
  void calmDown() {
    idle = true;
  }

  boolean isDone() {
    return resting;
  }

  void end() {
    over = true;
  }

  @Override
  public void run() {
    while (!over) {
      if (!idle) {
        act();
      }
      cancelWhatIsDue();
      resting = idle && regrets.isEmpty();
      LockSupport.parkNanos(Duration.ofMillis(random.nextInt(LONGEST_PAUSE_MS)).toNanos());
    }
  }

  private void act() {
    Posting posting = new Posting(next());
    postings.add(posting);
    post(posting);
    if (posting.asked().isKeyed() && random.nextInt(4) == 0) {
      post(posting);
    }
    Instant sendAt = posting.asked().sendAt();
    if (sendAt != null && !posting.ids().isEmpty() && random.nextInt(3) == 0) {
      String id = posting.ids().get(random.nextInt(posting.ids().size()));
      boolean hurries = random.nextBoolean();
      int aside = random.nextInt(-HASTE_MS, HASTE_MS);
      regrets.add(new Regret(posting, id, hurries ? Instant.MIN : sendAt.plusMillis(aside)));
    }
  }

  private Asked next() {
    boolean isKeyed = random.nextInt(4) > 0;
    Instant sendAt =
        random.nextInt(3) == 0
            ? Instant.now().plusMillis(random.nextLong(LATEST.toMillis()))
            : null;
    if (random.nextInt(4) == 0) {
      String topic = List.copyOf(topics.keySet()).get(random.nextInt(topics.size()));
      return asked(topics.getOrDefault(topic, List.of()), topic, isKeyed, sendAt);
    }
    List<String> chosen = new ArrayList<>(users);
    Collections.shuffle(chosen, random);
    int number = random.nextBoolean() ? 1 : random.nextInt(1, users.size() + 1);
    return asked(chosen.subList(0, number), null, isKeyed, sendAt);
  }

  private Asked asked(
      List<String> to, @Nullable String topic, boolean isKeyed, @Nullable Instant sendAt) {
    posted++;
    String text = name + "-" + posted;
    Instant time = sendAt == null ? null : sendAt.truncatedTo(ChronoUnit.MILLIS);
    return new Asked(text, List.copyOf(to), topic, isKeyed ? text : "", time);
  }

  /** Notifies all once more, and returns when they have it. */
  void postLast() {
    Posting last = new Posting(new Asked(name + "-last", users, null, name + "-last", null));
    postings.add(last);
    post(last);
  }

  private void post(Posting posting) {
    Asked asked = posting.asked();
    do {
      Answer answer =
          ask(
              api -> {
                ApiClient client = asked.isKeyed() ? api.and("Idempotency-Key", asked.key()) : api;
                return client.post(asked.path(), asked.body());
              });
      if (answer != null && answer.status() == 202) {
        posting.acknowledged(ids(answer.json()));
        return;
      }
      if (answer != null && answer.status() != 503) {
        model.surprised(asked.text() + " was answered with " + answer.status());
        return;
      }
      LockSupport.parkNanos(BEFORE_A_REPEAT.toNanos());
    } while (asked.isKeyed() && !over);
  }

  private static List<String> ids(JsonNode answer) {
    var ids = new ArrayList<String>();
    answer.path("ids").forEach(id -> ids.add(id.asText()));
    return List.copyOf(ids);
  }

  private void cancelWhatIsDue() {
    Instant now = Instant.now();
    for (Regret regret : List.copyOf(regrets)) {
      if (!regret.due().isAfter(now)) {
        cancel(regret.posting(), regret.id());
        regrets.remove(regret);
      }
    }
  }

  private void cancel(Posting posting, String id) {
    posting.cancelled(id, Cancellation.UNKNOWN);
    boolean mayBeDone = false;
    while (!over) {
      Answer answer = ask(api -> api.call("DELETE", "/notifications/" + id, ""));
      int status = answer == null ? 0 : answer.status();
      if (status == 204 || (status == 404 && mayBeDone)) {
        posting.cancelled(id, Cancellation.TAKEN_BACK);
        return;
      } else if (status == 409) {
        posting.cancelled(id, Cancellation.TOO_LATE);
        return;
      } else if (status != 0 && status != 503) {
        model.surprised("to take back " + posting + " was answered with " + status);
        return;
      }
      mayBeDone = true;
      LockSupport.parkNanos(BEFORE_A_REPEAT.toNanos());
    }
  }

  private interface Request {
    Answer by(ApiClient api);
  }

  /** Answers null where the node did not. */
  private @Nullable Answer ask(Request request) {
    URI node = cluster.choose(random);
    try {
      return request.by(ApiClient.with(node, Tokens.service()));
    } catch (UncheckedIOException e) {
      // An outage takes as long to be told as the client waits.
      if (!(e.getCause() instanceof HttpTimeoutException) && !excused.test(node)) {
        model.surprised(name + " was not answered by " + node + ", " + e.getCause());
      }
      return null;
    }
  }
}
