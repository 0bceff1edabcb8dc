package org.carewire.gateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.carewire.protocol.CallId;
import org.carewire.protocol.SocketId;

/** What a session that has to do with calls knows of them; bounded, whoever calls it. */
final class SessionCalls {
  private static final int CALLS_REMEMBERED = 8;
  private static final int SENDERS_REMEMBERED = 64;
  private static final int MAX_SEATS = 4;

  /**
   * The call that the session is in: its last successful request. Beside it those that it may have
   * come into though nobody said so.
   *
   * @param certain whether the service has said it
   */
  record Seat(CallId call, boolean certain) {}

  private final Map<CallId, Seat> seats = new LinkedHashMap<>(2);
  private final Map<CallId, ToldOfCall> told = byUse();
  private final Map<SocketId, Long> lastNumbers = byUse();
  private final OutgoingSignals outgoing = new OutgoingSignals();

  private static <K, V> Map<K, V> byUse() {
    return new LinkedHashMap<>(4, 0.75f, true);
  }

  List<Seat> seats() {
    return List.copyOf(seats.values());
  }

  boolean hasSeat(CallId call) {
    return seats.containsKey(call);
  }

  /** The session is in the call, and so in no other one. */
  void sits(CallId call) {
    seats.clear();
    seats.put(call, new Seat(call, true));
  }

  /** The session may be in the call, or come into it, as its request was not answered. */
  void maySit(CallId call) {
    seats.putIfAbsent(call, new Seat(call, false));
    forgetFirst(seats, MAX_SEATS);
  }

  void stands(CallId call) {
    seats.remove(call);
  }

  /** The service knows of no seat: the session is not in, but may come in still. */
  void hasNone(CallId call) {
    seats.computeIfPresent(call, (_, seat) -> seat.certain() ? null : seat);
  }

  /** Takes note of a notice; answers whether the session is to be told. */
  boolean isNews(CallId call, long number) {
    boolean isNews = told.computeIfAbsent(call, _ -> new ToldOfCall()).isNews(number);
    forgetFirst(told, CALLS_REMEMBERED);
    return isNews;
  }

  /**
   * Takes note of a signal that came for the session; answers whether it is to be sent, which one
   * that comes again is not.
   *
   * @param number of the signals of the sender, which come in that order
   */
  boolean isNews(SocketId sender, long number) {
    Long last = lastNumbers.get(sender);
    if (last != null && number <= last) {
      return false;
    }
    lastNumbers.put(sender, number);
    forgetFirst(lastNumbers, SENDERS_REMEMBERED);
    return true;
  }

  OutgoingSignals outgoing() {
    return outgoing;
  }

  private static <K> void forgetFirst(Map<K, ?> map, int max) {
    if (map.size() > max) {
      map.remove(map.keySet().iterator().next());
    }
  }
}
