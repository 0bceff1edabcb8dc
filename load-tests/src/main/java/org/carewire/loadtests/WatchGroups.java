package org.carewire.loadtests;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Users in groups, each of whom watches all others of the group.
 *
 * @param users how many; as many as are asked for, or a few less, so that all groups are full
 * @param watched others whom each watches
 */
record WatchGroups(int users, int watched) {
  private static final byte[] USER = Ascii.of("\"userId\":\"user-");

  static WatchGroups atMost(int users, int watched) {
    int groups = users / (watched + 1);
    if (groups == 0) {
      throw new IllegalStateException(
          "%d users are too few for each to watch %d".formatted(users, watched));
    }
    return new WatchGroups(groups * (watched + 1), watched);
  }

  static String name(int user) {
    return "user-" + user;
  }

  /** The next user who is named between these bytes: where the number begins, or -1. */
  static int find(byte[] bytes, int from, int to) {
    return Ascii.after(bytes, from, to, USER);
  }

  int first(int user) {
    return user - user % (watched + 1);
  }

  int size() {
    return watched + 1;
  }

  /** What makes the groups; one may watch those with whom one shares one. */
  List<Api.Put> puts() {
    var puts = new ArrayList<Api.Put>();
    for (int first = 0; first < users; first += size()) {
      puts.add(
          Api.Put.group(
              "g" + first,
              IntStream.range(first, first + size()).mapToObj(WatchGroups::name).toList()));
    }
    return puts;
  }

  /** A request about all whom a user watches. */
  byte[] request(long id, String event, int user) {
    int first = first(user);
    String others =
        IntStream.range(first, first + size())
            .filter(other -> other != user)
            .mapToObj(other -> '"' + name(other) + '"')
            .collect(Collectors.joining(","));
    return Frames.masked(
        Frames.TEXT,
        Ascii.of(
            "{\"id\":%d,\"event\":\"%s\",\"data\":{\"userIds\":[%s]}}"
                .formatted(id, event, others)));
  }
}
