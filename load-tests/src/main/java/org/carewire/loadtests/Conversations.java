package org.carewire.loadtests;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The modes {@code chat} and {@code room}: members of rooms who write to each other. Where there
 * are several nodes each member is on the next one, so that those of a visit are on different ones.
 */
final class Conversations {
  private final Bench bench;
  private final Options options;
  private final int warmUp;
  private final int seconds;
  private final String text;

  Conversations(Bench bench, Options options) {
    this.bench = bench;
    this.options = options;
    this.warmUp = options.number("warm-up", 15);
    this.seconds = options.number("seconds", 20);
    this.text = "x".repeat(options.number("text", 100));
  }

  /** Visits of a patient and a provider. */
  void chat() throws InterruptedException {
    int visits = options.number("visits", 200);
    int outstanding = options.number("outstanding", 4);
    try (var loop = new ClientLoop()) {
      Traffic traffic = traffic(loop, 1);
      var puts = new ArrayList<Api.Put>();
      for (int i = 0; i < visits; i++) {
        String patient = "patient-" + i;
        String provider = "provider-" + i;
        puts.add(Api.Put.visit("v" + i, patient, provider));
        join(traffic, patient, "patient", "visit:v" + i);
        join(traffic, provider, "provider", "visit:v" + i);
      }
      new Api(bench.server().uri()).put(puts);
      traffic.connect();
      measure(
          "Chat: %d visits of 2 sessions, messages of %d characters"
              .formatted(visits, text.length()),
          "%d under way in each visit, %d a side".formatted(outstanding, outstanding / 2),
          traffic,
          traffic.size(),
          outstanding / 2);
    }
  }

  /** One group. */
  void room() throws InterruptedException {
    int members = options.number("members", 500);
    int senders = options.number("senders", 16);
    int outstanding = options.number("outstanding", 1);
    try (var loop = new ClientLoop()) {
      Traffic traffic = traffic(loop, members - 1);
      var users = new ArrayList<String>();
      for (int i = 0; i < members; i++) {
        users.add("member-" + i);
        join(traffic, "member-" + i, "provider", "group:g");
      }
      new Api(bench.server().uri()).put(List.of(Api.Put.group("g", users)));
      traffic.connect();
      measure(
          "Room: a group of %d sessions, messages of %d characters"
              .formatted(members, text.length()),
          "%d senders with %d under way".formatted(senders, outstanding),
          traffic,
          senders,
          outstanding);
    }
  }

  private Traffic traffic(ClientLoop loop, int receivers) {
    return new Traffic(bench, loop, receivers, options.number("receipts", 0));
  }

  private void join(Traffic traffic, String user, String role, String room) {
    traffic.add(new Member(traffic, traffic.size(), user, role, room, text));
  }

  private void measure(
      String title, String closedLoop, Traffic traffic, int senders, int outstanding) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(Window.headings());
    List<Integer> rates = options.numbers("rate");
    int firstWarmUp = warmUp;
    profile(traffic);
    if (rates.isEmpty() || outstanding > 0) {
      Progress.say("closed loop: " + closedLoop);
      rows.add(traffic.closedLoop(senders, outstanding, firstWarmUp, seconds).row(closedLoop));
      // What follows finds a warm server.
      firstWarmUp = Math.min(3, warmUp);
    }
    for (int rate : rates) {
      Progress.say("fixed rate: " + rate + "/s");
      rows.add(traffic.fixedRate(senders, rate, firstWarmUp, seconds).row(rate + "/s"));
      firstWarmUp = Math.min(3, warmUp);
    }
    Verdict verdict = traffic.verdict();
    Progress.table(title, bench.describe(), rows);
    System.out.println(verdict);
  }

  private void profile(Traffic traffic) {
    @Nullable String file = options.text("profile");
    if (file != null) {
      String event = options.text("profile-event", "cpu");
      traffic.profile(new Profile(bench.server().pid(), event, Path.of(file)));
    }
  }
}
