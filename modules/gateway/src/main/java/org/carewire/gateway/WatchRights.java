package org.carewire.gateway;

import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.carewire.platform.Bus;
import org.carewire.platform.Platform;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.PresenceEndpoints;
import org.carewire.protocol.PresenceState;
import org.carewire.protocol.PresenceStates;
import org.carewire.protocol.ReadPresences;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.UserId;

/**
 * Asks whether sessions of a gateway instance may watch the users that their devices have watched,
 * and whether they still may: a few at a time, and again as long as nobody can say it.
 */
final class WatchRights {
  /** So that many who return at once leave PostgreSQL to others. */
  private static final int MAX_ASKING = 2;

  private static final int USERS_AT_ONCE = 200;
  private static final long RETRY_MS = 1_000;

  private record Question(Session session, Caller caller, List<Watch> watches) {}

  private final Vertx vertx;
  private final Bus bus;
  private final Sessions sessions;
  private final Watching watching;
  private final Deque<Question> questions = new ArrayDeque<>();

  /** Sessions whose rights are all looked at, when nothing more urgent waits. */
  private Deque<Session> round = new ArrayDeque<>();

  private int asking;
  private boolean pausing;

  WatchRights(Platform platform, Sessions sessions, Watching watching) {
    this.vertx = platform.vertx();
    this.bus = platform.bus();
    this.sessions = sessions;
    this.watching = watching;
  }

  /** Goes on with those of the watches that the session has a right to, and ends the others. */
  void ask(Session session, Caller caller, List<Watch> watches) {
    add(session, caller, watches);
    askOn();
  }

  /** Looks at the rights of all sessions once, as an end of one may have been missed. */
  void askAll() {
    round = new ArrayDeque<>(sessions.all());
    askOn();
  }

  /** Whether it has not looked at all of them yet. */
  boolean isAskingAll() {
    return !round.isEmpty();
  }

  private void add(Session session, Caller caller, List<Watch> watches) {
    watches.forEach(Watch::beginAsking);
    for (int from = 0; from < watches.size(); from += USERS_AT_ONCE) {
      int to = Math.min(from + USERS_AT_ONCE, watches.size());
      questions.add(new Question(session, caller, List.copyOf(watches.subList(from, to))));
    }
  }

  private void askOn() {
    while (!pausing && asking < MAX_ASKING) {
      while (questions.isEmpty() && !round.isEmpty()) {
        addAllOf(round.remove());
      }
      Question next = questions.poll();
      if (next == null) {
        return;
      }
      ask(next);
    }
  }

  private void addAllOf(Session session) {
    Caller caller = session.caller();
    // An admin may watch whoever there is.
    if (caller != null && !caller.isAdmin()) {
      add(session, caller, session.presence().watches().stream().filter(Watch::isAllowed).toList());
    }
  }

  private void ask(Question question) {
    List<Watch> live = question.watches().stream().filter(watch -> !watch.isOver()).toList();
    if (live.isEmpty()) {
      return;
    }
    asking++;
    List<UserId> users = live.stream().map(watch -> watch.watched().user().user()).toList();
    bus.request(
            PresenceEndpoints.READ_PRESENCES, question.caller(), new ReadPresences(users, false))
        .onSuccess(
            states -> {
              question.watches().forEach(Watch::endAsking);
              answered(question.session(), live, states);
            })
        .onFailure(failure -> failed(question, failure))
        .onComplete(
            _ -> {
              asking--;
              askOn();
            });
  }

  private void answered(Session session, List<Watch> asked, PresenceStates answer) {
    Set<UserId> allowed = new HashSet<>();
    for (PresenceState state : answer.states()) {
      allowed.add(state.userId());
      watching.learn(state);
    }
    List<Watch> atFirst = new ArrayList<>();
    for (Watch watch : asked) {
      if (!allowed.contains(watch.watched().user().user())) {
        watching.drop(watch);
      } else if (!watch.isAllowed() && !watch.isOver()) {
        if (watch.last() == null) {
          atFirst.add(watch);
        } else {
          watching.goOn(watch);
        }
      }
    }
    if (!atFirst.isEmpty()) {
      watching.tellAtFirst(session, atFirst);
    }
  }

  private void failed(Question question, Throwable failure) {
    if (!(failure instanceof Refusal refusal) || refusal.code() != ErrorCode.UNAVAILABLE) {
      // Nobody is told of what nobody may say.
      question.watches().stream().filter(watch -> !watch.isAllowed()).forEach(watching::drop);
      return;
    }
    questions.addFirst(question);
    // They have no watches any more, and wait for nothing.
    questions.removeIf(waiting -> !waiting.session().isOpen());
    if (!pausing) {
      pausing = true;
      vertx.setTimer(
          RETRY_MS,
          _ -> {
            pausing = false;
            askOn();
          });
    }
  }
}
