package org.carewire.loadtests;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM holds after its garbage is gone, in bytes.
 *
 * @param resident memory of the process, garbage collected twice
 * @param heap live objects
 * @param classes live objects by class
 */
record ServerMemory(long resident, long heap, Map<String, Long> classes) {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern CLASS = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");
  private static final int SHOWN = 25;

  static ServerMemory of(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    jcmd(pid, "GC.run");
    Matcher resident = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
    Map<String, Long> classes = new HashMap<>();
    for (String line : jcmd(pid, "GC.class_histogram")) {
      Matcher matcher = CLASS.matcher(line);
      if (matcher.matches()) {
        classes.put(matcher.group(2), Long.valueOf(matcher.group(1)));
      }
    }
    return new ServerMemory(
        resident.find() ? 1024 * Long.parseLong(resident.group(1)) : 0,
        classes.values().stream().mapToLong(Long::longValue).sum(),
        classes);
  }

  private static List<String> jcmd(long pid, String command)
      throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(jcmd, Long.toString(pid), command).redirectErrorStream(true).start();
    var lines = new ArrayList<String>();
    try (var output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(lines::add);
    }
    if (process.waitFor() != 0) {
      throw new IllegalStateException(String.join("\n", lines));
    }
    return lines;
  }

  /** Prints of which classes the growth is. */
  void printGrowth(ServerMemory before, int connections) {
    System.out.println("--- bytes a connection in live objects of");
    classes.entrySet().stream()
        .map(
            entry ->
                Map.entry(
                    entry.getKey(),
                    entry.getValue() - before.classes.getOrDefault(entry.getKey(), 0L)))
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(SHOWN)
        .forEach(
            entry ->
                System.out.printf("%8d  %s%n", entry.getValue() / connections, entry.getKey()));
  }
}
