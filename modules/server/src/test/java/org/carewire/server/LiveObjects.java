package org.carewire.server;

import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/** What is reachable in this process, once the garbage is collected. */
final class LiveObjects {
  private final Map<String, Long> instances = new HashMap<>();
  private long bytes;

  private LiveObjects() {}

  static LiveObjects count() {
    try {
      Object histogram =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcClassHistogram",
                  new Object[] {new String[0]},
                  new String[] {String[].class.getName()});
      return read(String.valueOf(histogram));
    } catch (JMException e) {
      throw new AssertionError(e);
    }
  }

  /** Lines such as {@code 1: 4711 113064 java.lang.String (java.base@25)}, the sum last. */
  private static LiveObjects read(String histogram) {
    var live = new LiveObjects();
    for (String line : histogram.lines().toList()) {
      List<String> words = List.of(line.strip().split("\\s+", -1));
      if (words.getFirst().equals("Total")) {
        live.bytes = Long.parseLong(words.get(2));
      } else if (words.getFirst().matches("\\d+:")) {
        live.instances.put(words.get(3), Long.parseLong(words.get(1)));
      }
    }
    return live;
  }

  long bytes() {
    return bytes;
  }

  long of(String className) {
    return instances.getOrDefault(className, 0L);
  }

  /** How many there are of all these classes. */
  long of(List<String> classNames) {
    return classNames.stream().mapToLong(this::of).sum();
  }
}
