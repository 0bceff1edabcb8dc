package org.carewire.loadtests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What Redis has been asked to do until now, by scripts too.
 *
 * @param calls by command
 */
record RedisCommands(Map<String, Long> calls) {
  private static final Pattern CALLS = Pattern.compile("cmdstat_([^:]+):calls=(\\d+),.*");

  /** Those of a user of which there are fewer are only in the sum. */
  private static final double SHOWN = 0.05;

  static RedisCommands read(int port) {
    try (var socket = new Socket(InetAddress.ofLiteral(Ports.HOST), port)) {
      socket
          .getOutputStream()
          .write("INFO commandstats\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      return parse(
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RedisCommands parse(BufferedReader answer) {
    var calls = new TreeMap<String, Long>();
    answer
        .lines()
        .map(CALLS::matcher)
        .filter(Matcher::matches)
        .forEach(stat -> calls.put(stat.group(1), Long.valueOf(stat.group(2))));
    // Our own.
    calls.remove("info");
    calls.remove("quit");
    return new RedisCommands(calls);
  }

  /** A cell of a table: for each user, and the commonest by name. */
  String since(RedisCommands before, int users) {
    var each = new TreeMap<String, Double>();
    calls.forEach((name, n) -> each.put(name, (double) (n - before.of(name)) / users));
    String names =
        each.entrySet().stream()
            .filter(entry -> entry.getValue() >= SHOWN)
            .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
            .map(entry -> entry.getKey() + " " + number(entry.getValue()))
            .collect(Collectors.joining(", "));
    return number(each.values().stream().mapToDouble(Double::doubleValue).sum())
        + " ("
        + names
        + ")";
  }

  long sum() {
    return calls.values().stream().mapToLong(Long::longValue).sum();
  }

  private long of(String name) {
    return calls.getOrDefault(name, 0L);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
