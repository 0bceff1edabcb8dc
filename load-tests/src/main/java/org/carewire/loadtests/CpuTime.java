package org.carewire.loadtests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Processor time of processes, in seconds. NaN where there is no {@code /proc}. */
final class CpuTime {
  /** Of Linux, whatever the kernel's own tick. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER = 11;
  private static final int SYSTEM = 12;
  private static final int CHILDREN_USER = 13;
  private static final int CHILDREN_SYSTEM = 14;

  /** user, nice, system, irq, softirq and steal. */
  private static final int[] BUSY = {1, 2, 3, 6, 7, 8};

  private CpuTime() {}

  static double of(long pid) {
    return seconds(pid, USER, SYSTEM);
  }

  /** With its children, dead and alive, as PostgreSQL has one for each connection. */
  static double ofFamily(long pid) {
    double parent = seconds(pid, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM);
    return parent
        + ProcessHandle.of(pid).stream()
            .flatMap(ProcessHandle::children)
            .mapToDouble(child -> of(child.pid()))
            .filter(seconds -> !Double.isNaN(seconds))
            .sum();
  }

  /** Of the whole machine, whoever used it. */
  static double ofAll() {
    try {
      String all = Files.readString(Path.of("/proc/stat"));
      String[] values = all.substring(0, all.indexOf('\n')).split(" +", -1);
      double ticks = 0;
      for (int field : BUSY) {
        ticks += Long.parseLong(values[field]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      return Double.NaN;
    }
  }

  private static double seconds(long pid, int... fields) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      // The name before may hold anything.
      String[] values = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      double ticks = 0;
      for (int field : fields) {
        ticks += Long.parseLong(values[field]);
      }
      return ticks / TICKS_PER_SECOND;
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
