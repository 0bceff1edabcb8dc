package org.carewire.loadtests;

import java.util.Arrays;

/** A user on a device who watches others, and believes what was told of each of them last. */
final class Watcher extends ReturningSession {
  /** After that of hello. */
  private static final long SUBSCRIBE_ID = 2;

  private static final long GET_ID = 3;
  private static final byte[] INITIAL = Ascii.of("{\"event\":\"presence:initial\"");
  private static final byte[] CHANGED = Ascii.of("{\"event\":\"presence:changed\"");
  private static final byte[] STATUS = Ascii.of("\"status\":\"");
  private static final byte[] OFFLINE = Ascii.of("offline\"");

  private final WatchGroups groups;
  private final int number;
  private final int first;
  private final boolean[] offline;
  private boolean isSubscribeRefused;
  private boolean isGetRefused;
  private boolean hasPicture;
  private long pictureAt;
  private int notResumed;
  private int refusals;
  private int initial;
  private int changed;
  private int toldOffline;
  private boolean answered;
  private int differing;

  Watcher(Returns returns, int number, int node, WatchGroups groups) {
    super(
        returns,
        number,
        node,
        WatchGroups.name(number),
        "provider",
        "device-" + WatchGroups.name(number));
    this.groups = groups;
    this.number = number;
    this.first = groups.first(number);
    this.offline = new boolean[groups.size()];
  }

  @Override
  void connect() {
    hasPicture = false;
    super.connect();
  }

  /** Its device is enough for the server to know whom it watches, unless it has forgotten it. */
  @Override
  void returned() {
    isSubscribeRefused = false;
    if (!isResumed()) {
      notResumed++;
      subscribe();
    }
  }

  private void subscribe() {
    write(groups.request(SUBSCRIBE_ID, "presence:subscribe", number));
  }

  /** What was refused, a while ago. */
  void requestAgain() {
    if (isSubscribeRefused && isBack()) {
      isSubscribeRefused = false;
      subscribe();
    }
    if (isGetRefused) {
      ask();
    }
  }

  /** Events are counted anew. */
  void begin() {
    notResumed = 0;
    refusals = 0;
    initial = 0;
    changed = 0;
    toldOffline = 0;
  }

  /** Compares what the server says now with what it has told. */
  void ask() {
    answered = false;
    isGetRefused = false;
    write(groups.request(GET_ID, "presence:get", number));
  }

  @Override
  void replied(long id, boolean success, byte[] bytes, int from, int to) {
    if (id == SUBSCRIBE_ID && !success) {
      isSubscribeRefused = true;
      refusals++;
    } else if (id == GET_ID && !success) {
      isGetRefused = true;
    } else if (id == GET_ID) {
      answered = true;
      differing = 0;
      each(
          bytes,
          from,
          to,
          (other, isOffline) -> differing += isOffline != offline[other] || isOffline ? 1 : 0);
    }
  }

  @Override
  void came(byte[] bytes, int from, int to) {
    if (Ascii.startsWith(bytes, from, to, CHANGED)) {
      changed++;
      each(
          bytes,
          from,
          to,
          (other, isOffline) -> {
            offline[other] = isOffline;
            toldOffline += isOffline ? 1 : 0;
          });
    } else if (Ascii.startsWith(bytes, from, to, INITIAL)) {
      initial++;
      hasPicture = true;
      pictureAt = System.nanoTime();
      Arrays.fill(offline, false);
      each(bytes, from, to, (other, isOffline) -> offline[other] = isOffline);
    }
  }

  private interface Sight {
    void see(int other, boolean isOffline);
  }

  /** All that are named, by their place in the group. */
  private void each(byte[] bytes, int from, int to, Sight sight) {
    for (int at = WatchGroups.find(bytes, from, to);
        at >= 0;
        at = WatchGroups.find(bytes, at, to)) {
      int status = Ascii.after(bytes, at, to, STATUS);
      int user = (int) Ascii.number(bytes, at, to);
      sight.see(user - first, Ascii.startsWith(bytes, status, to, OFFLINE));
    }
  }

  /** Whether it is connected and was told how all are whom it watches. */
  boolean sees() {
    return isBack() && hasPicture;
  }

  /** When it was told last how all are, in {@link System#nanoTime}. */
  long pictureAt() {
    return pictureAt;
  }

  /** By the number of the user. */
  boolean believesOffline(int other) {
    return offline[other - first];
  }

  /** How often the server did not know its device any more. */
  int notResumed() {
    return notResumed;
  }

  /** Requests to watch others that were refused, and made again. */
  int refusals() {
    return refusals;
  }

  int initial() {
    return initial;
  }

  int changed() {
    return changed;
  }

  /** Those changes by which somebody was offline. */
  int toldOffline() {
    return toldOffline;
  }

  boolean isAnswered() {
    return answered;
  }

  /**
   * Users of whom the server has said something else than it had told, or that they are offline.
   */
  int differing() {
    return differing;
  }
}
