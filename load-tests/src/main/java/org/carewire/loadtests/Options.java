package org.carewire.loadtests;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code --name value} from the command line; a name may come again where many are allowed. Some
 * names have no value.
 */
final class Options {
  private static final Set<String> KNOWN =
      Set.of(
          "nodes",
          "seconds",
          "warm-up",
          "rate",
          "visits",
          "outstanding",
          "members",
          "senders",
          "text",
          "receipts",
          "connections",
          "concurrent",
          "watched",
          "pairs",
          "signals",
          "waves",
          "jvm",
          "profile",
          "profile-event");

  private static final Set<String> FLAGS =
      Set.of("kill", "hang", "rolling", "storm", "many", "topic", "single", "inbox");

  private final Map<String, List<String>> values = new HashMap<>();

  static Options parse(List<String> arguments) {
    var options = new Options();
    for (int i = 0; i < arguments.size(); i += 2) {
      String name = arguments.get(i).replaceFirst("^--", "");
      if (FLAGS.contains(name)) {
        options.values.put(name, List.of());
        i--;
        continue;
      }
      if (!KNOWN.contains(name) || i + 1 == arguments.size()) {
        throw new IllegalArgumentException(
            "There is no option " + arguments.get(i) + ", or it has no value");
      }
      options.values.computeIfAbsent(name, _ -> new ArrayList<>()).add(arguments.get(i + 1));
    }
    return options;
  }

  /** Whether it was given; for those without a value. */
  boolean has(String flag) {
    return values.containsKey(flag);
  }

  int number(String name, int otherwise) {
    String value = text(name);
    return value == null ? otherwise : Integer.parseInt(value);
  }

  List<Integer> numbers(String name) {
    return values.getOrDefault(name, List.of()).stream().map(Integer::valueOf).toList();
  }

  @Nullable String text(String name) {
    List<String> given = values.get(name);
    return given == null ? null : given.getLast();
  }

  String text(String name, String otherwise) {
    String given = text(name);
    return given == null ? otherwise : given;
  }
}
