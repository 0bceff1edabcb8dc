package org.carewire.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import one.profiler.AsyncProfilerLoader;

/** Where a process spends its processor time, or its memory, as async-profiler sees it. */
final class Profile {
  private static final int SHOWN = 40;

  private final long pid;
  private final String event;
  private final Path file;

  /**
   * Of a JVM.
   *
   * @param event {@code cpu}, {@code itimer} (where the kernel has no perf events), {@code alloc} …
   * @param file for the flame graph; beside it go the stacks as text
   */
  Profile(long pid, String event, Path file) {
    this.pid = pid;
    this.event = event;
    this.file = file.toAbsolutePath();
  }

  void start() {
    execute("start", "-e", event);
  }

  void stop() {
    Path stacks = file.resolveSibling(file.getFileName() + ".collapsed");
    execute("dump", "-o", "collapsed", "-f", stacks.toString());
    execute("stop", "-o", "flamegraph", "-f", file.toString());
    try {
      print(stacks);
    } catch (IOException e) {
      Progress.say("No profile: " + e.getMessage());
    }
  }

  private void execute(String... command) {
    var arguments = Stream.concat(Stream.of(command), Stream.of(Long.toString(pid)));
    try {
      AsyncProfilerLoader.executeProfiler(arguments.toArray(String[]::new));
    } catch (IOException e) {
      Progress.say("The profiler has failed: " + e.getMessage());
    }
  }

  private static void print(Path stacks) throws IOException {
    Map<String, Long> self = new HashMap<>();
    Map<String, Long> inclusive = new HashMap<>();
    long total = 0;
    for (String line : Files.readAllLines(stacks)) {
      int space = line.lastIndexOf(' ');
      long samples = Long.parseLong(line.substring(space + 1));
      String[] frames = line.substring(0, space).split(";", -1);
      total += samples;
      self.merge(frames[frames.length - 1], samples, Long::sum);
      Set<String> once = new HashSet<>(Set.of(frames[0]));
      for (String frame : frames) {
        if (once.add(frame)) {
          inclusive.merge(frame, samples, Long::sum);
        }
      }
    }
    print("itself", self, total);
    print("with what it calls", inclusive, total);
    inclusive.keySet().removeIf(frame -> !frame.startsWith("org/carewire/"));
    print("ours, with what they call", inclusive, total);
  }

  private static void print(String title, Map<String, Long> samples, long total) {
    System.out.println("--- " + title);
    samples.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(SHOWN)
        .forEach(
            entry ->
                System.out.printf(
                    "%5.1f %%  %s%n", 100.0 * entry.getValue() / total, entry.getKey()));
  }
}
