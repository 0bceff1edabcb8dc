package org.carewire.loadtests;

import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Posts notifications as a service does, and passes the answers on to the thread of the loop. */
final class NotificationPosts {
  private static final int ACCEPTED = 202;

  private final Api api;
  private final ClientLoop loop;
  private final String text;
  private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
  private int underWay;

  /** Who is told what became of a post. */
  interface Asker {
    void answered(boolean accepted);
  }

  NotificationPosts(Api api, ClientLoop loop, String text) {
    this.api = api;
    this.loop = loop;
    this.text = text;
  }

  /**
   * To users.
   *
   * @param due when it was to be sent, which who gets it is told
   */
  void toUsers(List<NotificationSession> users, long due, Asker asker) {
    String ids =
        users.stream().map(user -> '"' + user.user() + '"').collect(Collectors.joining(","));
    post("/api/v1/notifications", "\"userIds\":[" + ids + "],", due, asker);
  }

  void toTopic(String topic, long due, Asker asker) {
    post("/api/v1/topics/" + topic + "/notifications", "", due, asker);
  }

  private void post(String path, String to, long due, Asker asker) {
    underWay++;
    String json =
        "{%s\"type\":\"system_alert\",\"priority\":\"medium\",\"title\":\"Load test\",\"message\":\"%s\",\"data\":{\"stamp\":\"%s\"}}"
            .formatted(to, text, HexFormat.of().toHexDigits(due));
    var _ =
        api.post(path, json)
            .whenComplete(
                (status, failure) -> {
                  answers.add(() -> answered(asker, status, failure));
                  loop.wakeUp();
                });
  }

  private void answered(Asker asker, @Nullable Integer status, @Nullable Throwable failure) {
    underWay--;
    boolean accepted = status != null && status == ACCEPTED;
    if (!accepted) {
      Progress.say("a post was refused: " + (failure == null ? status : failure));
    }
    asker.answered(accepted);
  }

  int underWay() {
    return underWay;
  }

  /** Passes on the answers that have come. */
  void turn() {
    for (Runnable answer; (answer = answers.poll()) != null; ) {
      answer.run();
    }
  }
}
