package org.carewire.loadtests;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The time that counts: what was to be sent, was delivered and was completed in it. */
final class Window {
  private final long from;
  private final long to;
  private final Latencies acknowledged = new Latencies();
  private final Latencies delivered = new Latencies();
  private long completions;
  private long deliveries;
  private Bench.@Nullable Cpu before;
  private Bench.@Nullable Cpu after;
  private @Nullable CompletableFuture<BusMessages> busBefore;
  private @Nullable CompletableFuture<BusMessages> busAfter;

  /** In {@link System#nanoTime}. */
  Window(long from, long to) {
    this.from = from;
    this.to = to;
  }

  boolean hasBegun(long now) {
    return now >= from;
  }

  boolean isOver(long now) {
    return now >= to;
  }

  private boolean holds(long nanos) {
    return nanos >= from && nanos < to;
  }

  void acknowledged(long now, long sentAt) {
    if (holds(sentAt)) {
      acknowledged.add(now - sentAt);
    }
  }

  void delivered(long now, long sentAt) {
    if (holds(sentAt)) {
      delivered.add(now - sentAt);
    }
    if (holds(now)) {
      deliveries++;
    }
  }

  void completed(long now) {
    if (holds(now)) {
      completions++;
    }
  }

  long completions() {
    return completions;
  }

  void begin(Bench.Cpu cpu, CompletableFuture<BusMessages> bus) {
    before = cpu;
    busBefore = bus;
  }

  void end(Bench.Cpu cpu, CompletableFuture<BusMessages> bus) {
    after = cpu;
    busAfter = bus;
  }

  boolean isMeasured() {
    return before != null;
  }

  static List<String> headings() {
    return List.of(
        "load",
        "messages stored and delivered",
        "deliveries",
        "acknowledged after " + Latencies.HEADING,
        "delivered after " + Latencies.HEADING,
        "processor time",
        "messages between nodes per stored message");
  }

  List<String> row(String load) {
    double seconds = (to - from) / 1e9;
    return List.of(
        load,
        Progress.count(completions / seconds) + "/s",
        Progress.count(deliveries / seconds) + "/s",
        acknowledged.cell(),
        delivered.cell(),
        before == null || after == null ? "" : after.secondsSince(before),
        busBefore == null || busAfter == null
            ? ""
            : busAfter.join().since(busBefore.join(), completions));
  }
}
