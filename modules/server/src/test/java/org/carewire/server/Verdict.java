package org.carewire.server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.carewire.server.ModelConnection.Seen;
import org.carewire.server.ModelConnection.SeenCaughtUp;
import org.carewire.server.ModelConnection.SeenEntry;
import org.carewire.server.ModelConnection.SeenReset;
import org.carewire.server.StoredLog.StoredEntry;

/** Compares what each device saw with the log. */
final class Verdict {
  /** What must hold whatever happens. */
  enum Invariant {
    /** An acknowledged message is in the log, as it was sent. */
    STORED,
    /** One {@code clientMessageId} is one entry. */
    ONCE,
    /** Offsets of a room are 1, 2, 3, and in the order of sending. */
    CONTIGUOUS,
    /** Within a connection entries come once and in order, and are those of the log. */
    IN_ORDER,
    /** Nothing is left out in silence. */
    NO_GAP,
    /** In the end every device has everything. */
    COMPLETE,
    /** Receipts move up, and never beyond the top. */
    RECEIPTS,
    /** Nothing comes a second after access or token were taken away. */
    ACCESS,
    /** To the sending session its message comes as {@code message:sent}. */
    OWN,
    /** Each request is answered, and by what it deserves. */
    ANSWERED,
    /** A node that is asked to end does, in time and with 0. */
    ENDS,
    /** Who loses its server is soon back and has everything. */
    BACK,
    /** All see who is there, soon after it is so, and nobody is said to have left who has not. */
    PRESENCE,
    /** Each call has one answer of each user and one end, is told once, and stands in the log. */
    CALLS,
    /** Whoever is to be notified is, once and in time; what was taken back is not sent. */
    NOTIFIED,
    /** What is read stays read, and every session was told how many are not. */
    UNREAD
  }

  record Violation(Invariant invariant, String what) {}

  private static final int SHOWN = 25;
  private static final Duration EFFECTIVE_WITHIN = Duration.ofSeconds(1);

  private final DeliveryModel model;
  private final StoredLog log;
  private final List<Violation> violations = new ArrayList<>();
  private final Map<String, ModelRoom> rooms;
  private final Map<String, List<Sending>> sendings;
  private long compared;

  private Verdict(DeliveryModel model, StoredLog log) {
    this.model = model;
    this.log = log;
    rooms = model.rooms().stream().collect(Collectors.toMap(ModelRoom::id, room -> room));
    sendings =
        model.sendings().stream()
            .collect(Collectors.groupingBy(sending -> sending.message().digest()));
  }

  static Verdict on(DeliveryModel model, StoredLog log) {
    var verdict = new Verdict(model, log);
    verdict.checkLog();
    verdict.checkSendings();
    for (ModelDevice device : model.devices()) {
      device.connections().forEach(connection -> verdict.new Way(connection).check());
      verdict.checkIsComplete(device);
    }
    verdict.checkReceipts();
    model.surprises().forEach(what -> verdict.violated(Invariant.ANSWERED, what));
    return verdict;
  }

  List<Violation> violations() {
    return violations;
  }

  Set<Invariant> broken() {
    Set<Invariant> broken = EnumSet.noneOf(Invariant.class);
    violations.forEach(violation -> broken.add(violation.invariant()));
    return broken;
  }

  private void violated(Invariant invariant, String what) {
    violations.add(new Violation(invariant, what));
  }

  private void checkLog() {
    log.rooms()
        .forEach(
            (room, entries) -> {
              for (int i = 0; i < entries.size(); i++) {
                if (entries.get(i).offset() != i + 1) {
                  violated(
                      Invariant.CONTIGUOUS,
                      room + " has " + entries.get(i).offset() + " in place of " + (i + 1));
                  return;
                }
              }
              if (log.top(room) != entries.size()) {
                violated(
                    Invariant.CONTIGUOUS,
                    room + " has top " + log.top(room) + " and " + entries.size() + " entries");
              }
            });
  }

  private void checkSendings() {
    model.sendings().stream()
        .filter(Sending::isAcknowledged)
        .forEach(
            sending -> {
              StoredEntry entry =
                  log.at(sending.message().room(), sending.stored().path("offset").asLong());
              if (entry == null
                  || !entry.id().equals(sending.stored().path("id").asText())
                  || !entry.digest().equals(sending.message().digest())) {
                violated(
                    Invariant.STORED,
                    sending + " was acknowledged as " + place(sending) + ", the log has " + entry);
              }
            });
    model.sendings().stream()
        .collect(
            Collectors.groupingBy(
                sending ->
                    List.of(
                        sending.message().user(),
                        sending.message().room(),
                        sending.message().clientMessageId())))
        .values()
        .forEach(this::checkIsOnce);
    model.sendings().stream()
        .filter(sending -> sending.isAcknowledged() && !sending.isDuplicate())
        .collect(Collectors.groupingBy(sending -> List.of(sending.by(), sending.message().room())))
        .values()
        .forEach(this::checkOrder);
  }

  private void checkIsOnce(List<Sending> sameId) {
    List<Sending> acknowledged = sameId.stream().filter(Sending::isAcknowledged).toList();
    if (acknowledged.stream().map(Verdict::place).distinct().count() > 1) {
      violated(
          Invariant.ONCE,
          "one id at several places: "
              + acknowledged.stream().map(sending -> sending + " at " + place(sending)).toList());
    }
    if (acknowledged.stream().filter(sending -> !sending.isDuplicate()).count() > 1) {
      violated(Invariant.ONCE, "several are no duplicate: " + acknowledged);
    }
    ModelMessage message = sameId.getFirst().message();
    long stored =
        log.rooms().getOrDefault(message.room(), List.of()).stream()
            .filter(
                entry ->
                    message.clientMessageId().equals(entry.clientMessageId())
                        && message.user().equals(entry.sender()))
            .count();
    if (stored > 1) {
      violated(Invariant.ONCE, message + " is stored " + stored + " times");
    }
    boolean isContradicted =
        sameId.stream().map(sending -> sending.message().text()).distinct().count() > 1;
    if (!isContradicted && sameId.stream().anyMatch(Sending::isConflict)) {
      violated(Invariant.ONCE, message + " was taken for another one");
    }
  }

  /** Of one session and room. */
  private void checkOrder(List<Sending> inOrder) {
    for (int i = 1; i < inOrder.size(); i++) {
      if (offset(inOrder.get(i - 1)) >= offset(inOrder.get(i))) {
        violated(
            Invariant.CONTIGUOUS,
            "stored in another order: "
                + inOrder.get(i - 1)
                + " at "
                + place(inOrder.get(i - 1))
                + ", then "
                + inOrder.get(i)
                + " at "
                + place(inOrder.get(i)));
      }
    }
  }

  private static long offset(Sending sending) {
    return sending.stored().path("offset").asLong();
  }

  private static String place(Sending sending) {
    return sending.stored().path("offset").asText() + " " + sending.stored().path("id").asText();
  }

  private void checkIsComplete(ModelDevice device) {
    if (!device.hasCursors()) {
      return;
    }
    if (model.isOfTheTenant(device.user())
        && device.level(device.inbox()) < log.top(device.inbox())) {
      violated(
          Invariant.COMPLETE,
          device
              + " lacks "
              + (device.level(device.inbox()) + 1)
              + " of "
              + log.top(device.inbox())
              + " of its notifications");
    }
    for (ModelRoom room : model.rooms()) {
      long level = device.level(room.id());
      if (model.isMember(device, room) && level < log.top(room.id())) {
        violated(
            Invariant.COMPLETE,
            device
                + " lacks "
                + (level + 1)
                + " of "
                + log.top(room.id())
                + " in "
                + room
                + " after "
                + device.connections().getLast().begunAt()
                + ", "
                + room.changesOf(device.user().id()));
      }
    }
  }

  private void checkReceipts() {
    var last = new HashMap<ModelRoom, DeliveryModel.Sample>();
    for (DeliveryModel.Sample sample : model.samples()) {
      DeliveryModel.Sample before = last.put(sample.room(), sample);
      sample
          .receipts()
          .forEach(
              (user, now) -> {
                List<Long> then = before == null ? null : before.receipts().get(user);
                if (then != null
                    && before.version() == sample.version()
                    && (now.get(0) < then.get(0) || now.get(1) < then.get(1))) {
                  violated(
                      Invariant.RECEIPTS,
                      user + " in " + sample.room() + " went from " + then + " to " + now);
                }
                if (now.get(0) > sample.top() || now.get(1) > now.get(0)) {
                  violated(
                      Invariant.RECEIPTS,
                      user + " in " + sample.room() + " has " + now + ", top " + sample.top());
                }
              });
    }
  }

  /** What one connection was sent, in its order. */
  private final class Way {
    private final ModelConnection connection;
    private final ModelUser user;
    private final Map<String, Long> at = new HashMap<>();
    private final Map<String, Long> entered = new HashMap<>();
    private final Map<String, String> resets = new HashMap<>();
    private boolean caughtUp;

    Way(ModelConnection connection) {
      this.connection = connection;
      this.user = connection.device().user();
    }

    void check() {
      for (Seen seen : connection.seen()) {
        switch (seen) {
          case SeenEntry entry -> entry(entry);
          case SeenCaughtUp event -> caughtUp(event);
          case SeenReset reset -> reset(reset);
        }
      }
    }

    private void entry(SeenEntry entry) {
      compared++;
      StoredEntry stored = log.at(entry.room(), entry.offset());
      if (stored == null
          || !stored.id().equals(entry.id())
          || !stored.digest().equals(entry.digest())) {
        violated(Invariant.IN_ORDER, connection + " was sent " + entry + ", the log has " + stored);
        return;
      }
      Long before = at.put(entry.room(), entry.offset());
      if (before == null) {
        start(entry.room(), entry.offset() - 1, entry.acknowledged(), entry.at());
      } else if (entry.offset() != before + 1) {
        if (mayHaveEnteredAgain(entry)) {
          startAtCursor(entry.room(), entry.offset() - 1, entry.acknowledged());
        } else {
          violated(
              entry.offset() <= before ? Invariant.IN_ORDER : Invariant.NO_GAP,
              connection
                  + " was sent "
                  + entry.offset()
                  + " after "
                  + before
                  + " in "
                  + entry.room());
        }
      }
      checkAccess(entry, stored);
      checkIsOwn(entry);
    }

    private void caughtUp(SeenCaughtUp event) {
      if (caughtUp || !beginsWithTheLog()) {
        violated(Invariant.IN_ORDER, connection + " was told again that it has caught up");
      }
      caughtUp = true;
      if (user.isAdmin()) {
        return;
      }
      event
          .tops()
          .forEach(
              (room, top) -> {
                Long before = at.putIfAbsent(room, top);
                if (before == null) {
                  start(room, top, event.acknowledged().getOrDefault(room, 0L), event.at());
                } else if (!before.equals(top) && !changed(room, event.at())) {
                  violated(
                      before < top ? Invariant.NO_GAP : Invariant.IN_ORDER,
                      connection + " had caught up to " + top + " after " + before + " in " + room);
                }
              });
    }

    private void reset(SeenReset reset) {
      resets.put(reset.room(), reset.reason());
      String expected =
          switch (connection.resuming()) {
            case ABOVE_THE_TOP -> "aboveTop";
            case IN_ANOTHER_EPOCH -> "unknownEpoch";
            case BY_CURSORS, BY_POSITIONS, BY_OLDER_POSITIONS -> "none";
          };
      if (!reset.reason().equals(expected)) {
        violated(Invariant.NO_GAP, connection + " was reset for " + reset + ", not " + expected);
      }
    }

    /** The first that it gets of a room is what follows this offset. */
    private void start(String room, long offset, long acknowledged, Instant when) {
      if (user.isAdmin()) {
        return;
      }
      Long given = connection.positions().get(room);
      boolean isAsGiven = given != null && given == offset && !connection.resuming().mustBeReset();
      if (isAsGiven) {
        return;
      }
      if (given == null || changed(room, when) || resets.containsKey(room)) {
        startAtCursor(room, offset, acknowledged);
      } else if (connection.resuming().mustBeReset()) {
        violated(Invariant.NO_GAP, connection + " was not reset in " + room);
      } else if (offset != given) {
        violated(
            offset > given ? Invariant.NO_GAP : Invariant.IN_ORDER,
            connection + " began after " + offset + " instead of " + given + " in " + room);
      }
    }

    private void startAtCursor(String room, long offset, long acknowledged) {
      if (connection.device().hasCursors() && offset > acknowledged) {
        violated(
            Invariant.NO_GAP,
            "%s began after %d in %s, but had acknowledged %d only"
                .formatted(connection, offset, room, acknowledged));
      }
    }

    private boolean beginsWithTheLog() {
      return connection.device().hasCursors();
    }

    private boolean changed(String room, Instant until) {
      ModelRoom there = rooms.get(room);
      return there != null && there.changed(user.id(), connection.begunAt(), until);
    }

    /** Who is taken off a room and put back begins anew there. */
    private boolean mayHaveEnteredAgain(SeenEntry entry) {
      ModelRoom room = rooms.get(entry.room());
      return room != null
          && entered.merge(entry.room(), 1L, Long::sum)
              <= room.entered(user.id(), connection.begunAt(), entry.at());
    }

    private void checkAccess(SeenEntry entry, StoredEntry stored) {
      ModelRoom room = rooms.get(entry.room());
      boolean isFor =
          model.isOfTheTenant(user)
              && (entry.room().equals(connection.device().inbox())
                  || (room != null
                      && (user.isAdmin() || room.isFor(user.id(), stored.storedAt(), entry.at()))));
      if (!isFor) {
        violated(Invariant.ACCESS, connection + " was sent " + entry + ", which is not for it");
      }
      ModelUser.Token token = connection.token();
      if (stored.storedAt().isAfter(token.expiresAt().plus(EFFECTIVE_WITHIN))) {
        violated(Invariant.ACCESS, connection + " was sent " + entry + ", having expired");
      }
      boolean isRevoked =
          user.revocations().stream()
              .anyMatch(
                  revocation ->
                      revocation.isOf(token)
                          && stored
                              .storedAt()
                              .isAfter(revocation.answered().plus(EFFECTIVE_WITHIN)));
      if (isRevoked) {
        violated(Invariant.ACCESS, connection + " was sent " + entry + ", having been revoked");
      }
    }

    private void checkIsOwn(SeenEntry entry) {
      List<Sending> all = sendings.getOrDefault(entry.digest(), List.of());
      boolean isMine = all.stream().anyMatch(sending -> sending.by() == connection);
      if (entry.own() && !isMine) {
        violated(Invariant.OWN, connection + " was told that it sent " + entry);
      }
      boolean isOnlyMine = isMine && all.size() == 1 && all.getFirst().isAcknowledged();
      if (!entry.own() && isOnlyMine && !changed(entry.room(), entry.at())) {
        violated(Invariant.OWN, connection + " was not told that it sent " + entry);
      }
    }
  }

  /** How many entries, in all connections, were compared with the log. */
  long compared() {
    return compared;
  }

  /** The first violations of each kind. */
  @Override
  public String toString() {
    var text = new StringBuilder(violations.size() + " violations");
    var shown = new HashMap<Invariant, Integer>();
    for (Violation violation : violations) {
      if (shown.merge(violation.invariant(), 1, Integer::sum) <= SHOWN / 3) {
        text.append("\n  ").append(violation.invariant()).append(": ").append(violation.what());
      }
    }
    return text.toString();
  }
}
