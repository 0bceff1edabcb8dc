package org.carewire.loadtests;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;

/** Devices two to a visit, and a few desks that write to the visits at a low rate. */
final class Population implements AutoCloseable {
  private static final int DESKS = 10;
  private static final int SETTLE_SECONDS = 30;
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Crowd crowd;
  private final int rate;
  private final long[] tops;
  private final List<Device> devices = new ArrayList<>();
  private final List<Desk> desks = new ArrayList<>();
  private long acknowledged;
  private long begun;
  private long sent;
  private boolean writing;
  private long againAt;

  /**
   * Nobody is connected yet.
   *
   * @param size how many devices
   * @param rate messages a second
   * @param nodeOfDevice by its number
   * @param nodeOfDesk by its number
   */
  Population(
      Bench bench,
      int size,
      int rate,
      String text,
      IntUnaryOperator nodeOfDevice,
      IntUnaryOperator nodeOfDesk)
      throws InterruptedException {
    this.crowd = new Crowd(bench, this::write);
    this.rate = rate;
    this.tops = new long[(size + 1) / 2];
    Returns returns = crowd.returns();
    for (int i = 0; i < DESKS; i++) {
      desks.add(
          new Desk(returns, size + i, nodeOfDesk.applyAsInt(i), desk(i), text, this::acknowledged));
    }
    var puts = new ArrayList<Api.Put>();
    for (int visit = 0; visit < tops.length; visit++) {
      desks.get(visit % DESKS).add(visit);
      String room = "visit:v" + visit;
      String patient = "patient-" + visit;
      String provider = "provider-" + visit;
      puts.add(Api.Put.visit("v" + visit, patient, provider, desk(visit % DESKS)));
      int first = devices.size();
      devices.add(
          new Device(returns, first, nodeOfDevice.applyAsInt(first), patient, "patient", room));
      devices.add(
          new Device(
              returns, first + 1, nodeOfDevice.applyAsInt(first + 1), provider, "provider", room));
    }
    Progress.say("making %,d visits".formatted(puts.size()));
    new Api(bench.server().uri()).put(puts);
  }

  private static String desk(int number) {
    return "desk-" + number;
  }

  private void acknowledged(int visit, long offset) {
    acknowledged++;
    tops[visit] = Math.max(tops[visit], offset);
  }

  void connect() {
    var all = new ArrayList<ReturningSession>(devices);
    all.addAll(desks);
    inTurn(all, ReturningSession::connect);
  }

  /** Brings all devices to one node, so that all nodes have served many by then. */
  void gather(int node) {
    inTurn(devices, device -> device.move(node));
  }

  private <S extends ReturningSession> void inTurn(List<S> all, Consumer<S> connecting) {
    crowd.inTurn(all, connecting, ReturningSession::isBack);
    Progress.say("%,d sessions, all caught up".formatted(all.size()));
  }

  /** From now on the desks write. */
  void write() {
    begun = System.nanoTime();
    sent = 0;
    writing = true;
  }

  Returns returns() {
    return crowd.returns();
  }

  int size() {
    return devices.size();
  }

  private void write(long now) {
    if (writing) {
      for (; begun + sent * 1_000_000_000L / rate <= now; sent++) {
        desks.get((int) (sent % DESKS)).send();
      }
    }
    if (now > againAt) {
      againAt = now + AGAIN_NANOS;
      desks.forEach(Desk::sendAgain);
    }
  }

  /** Turns until it is so, at most that long; whether it is. */
  boolean turnUntil(BooleanSupplier done, long seconds) {
    return crowd.turnUntil(done, seconds);
  }

  void turnFor(long seconds) {
    crowd.turnFor(seconds);
  }

  /**
   * Nobody writes any more: waits until everybody has everything. Answers whether they have, and
   * says what is missing if not.
   */
  boolean settle() {
    writing = false;
    boolean settled =
        turnUntil(
            () ->
                returns().away() == 0
                    && desks.stream().allMatch(desk -> desk.unanswered() == 0)
                    && missing() == 0,
            SETTLE_SECONDS);
    int outOfOrder = devices.stream().mapToInt(Device::outOfOrder).sum();
    boolean isGood = settled && outOfOrder == 0;
    System.out.println(
        "%s: %,d messages acknowledged, each to 2 devices; missing %,d, gaps and repeats %d, unanswered %d, refused and sent again %d, sessions away %d"
            .formatted(
                isGood ? "Every device has every acknowledged message, in order" : "NOT GOOD",
                acknowledged,
                missing(),
                outOfOrder,
                desks.stream().mapToInt(Desk::unanswered).sum(),
                desks.stream().mapToInt(Desk::refusals).sum(),
                returns().away()));
    return isGood;
  }

  private long missing() {
    long missing = 0;
    for (int i = 0; i < devices.size(); i++) {
      missing += Math.max(0, tops[i / 2] - devices.get(i).have());
    }
    return missing;
  }

  @Override
  public void close() {
    crowd.close();
  }
}
