package org.carewire.loadtests;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * What nodes have sent to each other until now.
 *
 * @param sent by kind
 */
record BusMessages(Map<String, Double> sent) {
  private static final Executor OWN_THREAD = task -> Thread.ofVirtual().start(task);

  /** Read from the nodes while the client goes on. */
  static CompletableFuture<BusMessages> read(List<Server> servers) {
    return CompletableFuture.supplyAsync(
        () -> {
          var sum = new TreeMap<String, Double>();
          servers.forEach(
              server ->
                  server.metrics().busSent().forEach((kind, n) -> sum.merge(kind, n, Double::sum)));
          return new BusMessages(sum);
        },
        OWN_THREAD);
  }

  /** A cell of a table. */
  String since(BusMessages before, long messages) {
    if (sent.isEmpty() || messages == 0) {
      return "none";
    }
    return cell(before, "%.3f", messages);
  }

  /** A cell of a table: all of them. */
  String since(BusMessages before) {
    return sent.isEmpty() ? "none" : cell(before, "%,.0f", 1);
  }

  private String cell(BusMessages before, String format, long divisor) {
    var grown = new TreeMap<String, Double>();
    sent.forEach((kind, n) -> grown.put(kind, (n - before.sent.getOrDefault(kind, 0.0)) / divisor));
    String kinds =
        grown.entrySet().stream()
            .map(entry -> entry.getKey() + " " + number(format, entry.getValue()))
            .collect(Collectors.joining(", "));
    double all = grown.values().stream().mapToDouble(Double::doubleValue).sum();
    return number(format, all) + " (" + kinds + ")";
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
