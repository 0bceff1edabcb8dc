package org.carewire.loadtests;

import java.util.List;
import java.util.Locale;

/** What is shown while it runs and at its end. */
final class Progress {
  private static final long BEGUN = System.nanoTime();

  private Progress() {}

  static void say(String line) {
    System.out.printf(
        Locale.ROOT, "[%3d s] %s%n", (System.nanoTime() - BEGUN) / 1_000_000_000, line);
  }

  /** As Markdown. */
  static void table(String title, List<String> machine, List<List<String>> rows) {
    System.out.println();
    System.out.println("### " + title);
    System.out.println();
    machine.forEach(line -> System.out.println("- " + line));
    System.out.println();
    for (int i = 0; i < rows.size(); i++) {
      System.out.println("| " + String.join(" | ", rows.get(i)) + " |");
      if (i == 0) {
        System.out.println("|" + "---|".repeat(rows.get(i).size()));
      }
    }
    System.out.println();
  }

  static String count(double number) {
    return String.format(Locale.ROOT, "%,.0f", number);
  }
}
