package org.carewire.server;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.carewire.server.FaultDriver.Incident;
import org.carewire.server.FaultPlan.Kind;
import org.carewire.server.Verdict.Invariant;
import org.carewire.server.Verdict.Violation;
import org.jspecify.annotations.Nullable;

/**
 * A cluster, a crowd and a plan of faults: what was done, what everybody saw, and whether that is
 * what it should be.
 *
 * @param settled how long it took after the last fault was mended
 * @param seenAfter how long it took then until all saw who is there, and again when most had left
 */
record ChaosRun(
    long seed,
    Instant begun,
    List<Incident> incidents,
    AwayTimes away,
    Figures figures,
    Duration settled,
    List<Duration> seenAfter,
    List<Violation> violations) {

  /**
   * What went through.
   *
   * @param sent attempts to send, repeats included
   * @param received entries that came to clients
   * @param seen how often clients were told what others see of a user
   * @param signals between clients in calls, that came
   * @param notified notifications that users have
   * @param timed those that were to be sent later, while PostgreSQL was there for all
   * @param latest how late one of these was at most
   */
  record Figures(
      int sent,
      long acknowledged,
      long stored,
      long received,
      long seen,
      long connections,
      long calls,
      long signals,
      long notified,
      long timed,
      Duration latest) {}

  /**
   * What is to be played.
   *
   * @param away how long clients may be whose node is replaced in good order
   * @param settling how long everybody may take to have everything once all is mended
   * @param seeing how long it may take then until all see who is there; 0: nobody is asked
   * @param changedClasses of the nodes, with a bug; null where they are as they are
   */
  record Setup(
      long seed,
      int nodes,
      int clients,
      FaultPlan plan,
      Duration away,
      Duration settling,
      Duration seeing,
      @Nullable Path changedClasses) {}

  private static final Duration AWAY = Duration.ofSeconds(3);
  static final Duration SETTLING = Duration.ofSeconds(20);

  /** A lease and the grace, one after the other, and a second; and what a busy machine takes. */
  static final Duration SEEING = Duration.ofSeconds(11 + 3);

  /** Nobody is notified of messages, as members acknowledge them when they care to. */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "CAREWIRE_NOTIFICATIONS_MESSAGE_UNSEEN_AFTER", "60m",
          "CAREWIRE_CALLS_RING_TIMEOUT", "4s",
          "CAREWIRE_CALLS_REJOIN_TIMEOUT", "3s",
          "CAREWIRE_LIMITS_CALLS_PER_MINUTE", "1000");

  private static final int SHOWN_OF_EACH = 8;

  static ChaosRun play(Path folder, Setup setup) {
    try (ProcessCluster cluster =
            ProcessCluster.start(folder, setup.nodes(), setup.changedClasses(), SETTINGS);
        var driver = new FaultDriver(cluster)) {
      Instant begun;
      var violations = new ArrayList<Violation>();
      DeliveryModel model;
      Duration settled;
      List<Duration> seenAfter;
      List<PresenceClient> watchers;
      List<CallClient> callers;
      StoredLog log;
      StoredCalls calls;
      StoredNotifications notifications;
      List<Posting> postings;
      Map<String, ReadMarks> marks;
      try (var crowd = new Crowd(cluster, setup.seed(), setup.clients())) {
        model = crowd.model();
        watchers = crowd.presence();
        callers = crowd.calls();
        crowd.arrive();
        begun = Instant.now();
        driver.follow(setup.plan());
        crowd
            .settle(setup.settling())
            .forEach(what -> violations.add(new Violation(Invariant.COMPLETE, what)));
        settled = crowd.settling();
        log = StoredLog.read(cluster.database());
        calls = StoredCalls.read(cluster.database());
        notifications = StoredNotifications.read(cluster.database());
        postings = crowd.postings();
        marks = crowd.marks();
        if (setup.seeing().isPositive()) {
          crowd
              .callTheRoll(setup.seeing(), driver.disturbances())
              .forEach(what -> violations.add(new Violation(Invariant.PRESENCE, what)));
        }
        seenAfter = crowd.seenAfter();
      }
      driver.endAll();
      Verdict verdict = Verdict.on(model, log);
      violations.addAll(verdict.violations());
      driver.shortcomings().forEach(what -> violations.add(new Violation(Invariant.ENDS, what)));
      List<Incident> incidents = driver.incidents();
      AwayTimes away = AwayTimes.of(model, incidents, setup.away());
      away.late().forEach(what -> violations.add(new Violation(Invariant.BACK, what)));
      Stream.concat(
              FalseGoodbyes.of(model, driver.disturbances()).stream(),
              UntoldStatuses.of(model, watchers, driver.disturbances()).stream())
          .forEach(what -> violations.add(new Violation(Invariant.PRESENCE, what)));
      CallVerdict.on(model, callers, calls, driver.disturbances())
          .forEach(what -> violations.add(new Violation(Invariant.CALLS, what)));
      model.miscounts().forEach(what -> violations.add(new Violation(Invariant.UNREAD, what)));
      var notified = NotificationVerdict.on(postings, notifications, marks, driver.disturbances());
      violations.addAll(notified.violations());
      return new ChaosRun(
          setup.seed(),
          begun,
          incidents,
          away,
          figures(model, log, verdict, calls, notifications, notified),
          settled,
          seenAfter,
          violations);
    }
  }

  private static Figures figures(
      DeliveryModel model,
      StoredLog log,
      Verdict verdict,
      StoredCalls calls,
      StoredNotifications notifications,
      NotificationVerdict notified) {
    return new Figures(
        model.sendings().size(),
        model.sendings().stream().filter(Sending::isAcknowledged).count(),
        log.rooms().values().stream().mapToLong(List::size).sum(),
        verdict.compared(),
        model.devices().stream()
            .flatMap(device -> device.connections().stream())
            .mapToLong(connection -> connection.sightings().count())
            .sum(),
        model.devices().stream().mapToLong(device -> device.connections().size()).sum(),
        calls.calls().size(),
        model.devices().stream()
            .flatMap(device -> device.connections().stream())
            .flatMap(connection -> connection.calls().all().stream())
            .filter(told -> told.event().equals("call:signal"))
            .count(),
        notifications.all().size(),
        notified.timed(),
        notified.latest());
  }

  Set<Invariant> broken() {
    return violations.stream().map(Violation::invariant).collect(Collectors.toSet());
  }

  /** {@code ./mvnw -Pchaos}, see docs/chaos.md; exits with 1 where something fell short. */
  public static void main(String[] arguments) throws Exception {
    long given = Long.getLong("carewire.seed", -1);
    long seed = given < 0 ? ThreadLocalRandom.current().nextInt(1_000_000) : given;
    System.out.println("-Dcarewire.seed=" + seed);
    int nodes = Integer.getInteger("carewire.chaos.nodes", 3);
    int clients = Integer.getInteger("carewire.chaos.clients", 300);
    Duration time = Duration.ofSeconds(Integer.getInteger("carewire.chaos.seconds", 600));
    Duration gap = Duration.ofSeconds(Integer.getInteger("carewire.chaos.gap", 5));
    Set<Kind> kinds =
        Arrays.stream(System.getProperty("carewire.chaos.kinds", "").split(","))
            .filter(kind -> !kind.isEmpty())
            .map(Kind::valueOf)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Kind.class)));
    FaultPlan plan =
        kinds.isEmpty()
            ? FaultPlan.of(seed, nodes, time, gap, gap.multipliedBy(3))
            : FaultPlan.of(seed, nodes, kinds, time, gap, gap.multipliedBy(3));
    Path folder = Files.createTempDirectory("carewire-chaos");
    ChaosRun run =
        play(folder, new Setup(seed, nodes, clients, plan, AWAY, SETTLING, SEEING, null));
    System.out.println(run + "\nWhat the nodes printed is in " + folder);
    System.exit(run.violations().isEmpty() ? 0 : 1);
  }

  @Override
  public String toString() {
    var text = new StringBuilder("-Dcarewire.seed=" + seed);
    for (Incident incident : incidents) {
      text.append(
          "\n  %6.1f s to %6.1f s: %s"
              .formatted(sinceBegin(incident.from()), sinceBegin(incident.to()), incident.fault()));
    }
    text.append("\n").append(figures);
    text.append("\nsettled after %.1f s".formatted(AwayTimes.seconds(settled)));
    seenAfter.forEach(
        time -> text.append(", who is there seen after %.1f s".formatted(AwayTimes.seconds(time))));
    text.append("\naway:").append(away);
    text.append("\n").append(violations.size()).append(" violations");
    for (Invariant invariant : Invariant.values()) {
      violations.stream()
          .filter(violation -> violation.invariant() == invariant)
          .limit(SHOWN_OF_EACH)
          .forEach(
              violation ->
                  text.append("\n  ").append(invariant).append(": ").append(violation.what()));
    }
    return text.toString();
  }

  private double sinceBegin(Instant time) {
    return AwayTimes.seconds(Duration.between(begun, time));
  }
}
