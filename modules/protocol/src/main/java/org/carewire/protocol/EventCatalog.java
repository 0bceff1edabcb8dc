package org.carewire.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one table of what clients may send: its name on the wire, how it is read and checked, who
 * serves it, and which rate it counts against. What the server sends is in {@link ServerEvent}.
 */
public final class EventCatalog {

  /** Which of a session's rates an event counts against, beside that of all requests. */
  public enum Rate {
    REQUESTS,
    MESSAGES
  }

  /** How the {@code data} of an event becomes a command, or a {@link Refusal}. */
  public interface Decoder<C extends Command> {
    C decode(Fields data, Caller caller);
  }

  /**
   * An event of clients.
   *
   * @param endpoint who handles it; absent where that is the gateway itself
   */
  public record ClientEvent<C extends Command>(
      String name, Decoder<C> decoder, @Nullable Endpoint<C, ?> endpoint, Rate rate) {}

  /** The first frame of a session on WebSocket and SockJS; handled by the gateway itself. */
  public static final String SESSION_HELLO = "session:hello";

  /** A new token in place of the present one; handled by the gateway itself. */
  public static final String SESSION_REFRESH = "session:refresh";

  private static final Map<String, ClientEvent<?>> EVENTS = new LinkedHashMap<>();

  static {
    add("room:join", JoinRoom::decode, ChatEndpoints.JOIN_ROOM);
    add("room:leave", LeaveRoom::decode, ChatEndpoints.LEAVE_ROOM);
    add("room:participants", ListParticipants::decode, ChatEndpoints.LIST_PARTICIPANTS);
    add("room:list", ListRooms::decode, ChatEndpoints.LIST_ROOMS);
    add("message:send", SendMessage::decode, ChatEndpoints.SEND_MESSAGE, Rate.MESSAGES);
    add("message:received", MarkMessages::received, ChatEndpoints.MARK_MESSAGES);
    add("message:read", MarkMessages::read, ChatEndpoints.MARK_MESSAGES);
    add("message:history", ReadHistory::decode, ChatEndpoints.READ_HISTORY);
    add("typing:start", SignalTyping::start, ChatEndpoints.SIGNAL_TYPING);
    add("typing:stop", SignalTyping::stop, ChatEndpoints.SIGNAL_TYPING);
    add("presence:get", ReadPresences::get, PresenceEndpoints.READ_PRESENCES);
    add("presence:setStatus", SetStatus::decode, PresenceEndpoints.SET_STATUS);
    add("presence:subscribe", WatchUsers::decode, null);
    add("presence:unsubscribe", UnwatchUsers::decode, null);
    add("presence:activity", SetIdle::decode, null);
    add("call:initiate", InitiateCall::decode, SignalingEndpoints.INITIATE_CALL);
    add("call:accept", AcceptCall::decode, SignalingEndpoints.ACCEPT_CALL);
    add("call:reject", RejectCall::decode, SignalingEndpoints.REJECT_CALL);
    add("call:join", JoinCall::decode, SignalingEndpoints.JOIN_CALL);
    add("call:leave", LeaveCall::decode, SignalingEndpoints.LEAVE_CALL);
    add("call:end", EndCall::decode, SignalingEndpoints.END_CALL);
    add("call:signal", SignalCall::decode, SignalingEndpoints.SIGNAL_CALL);
    add("call:media", SetCallMedia::decode, SignalingEndpoints.SET_MEDIA);
    add("call:quality", ReportQuality::decode, SignalingEndpoints.REPORT_QUALITY);
    add("call:history", ReadCalls::decode, SignalingEndpoints.READ_CALLS);
    add("notification:read", ReadNotification::decode, NotificationEndpoints.READ);
    add("notification:readAll", ReadAllNotifications::decode, NotificationEndpoints.READ_ALL);
    add(
        "notification:getUnreadCount",
        GetUnreadCount::decode,
        NotificationEndpoints.GET_UNREAD_COUNT);
    add("notification:list", ListNotifications::decode, NotificationEndpoints.LIST);
    add("notification:subscribe", SubscribeTopics::decode, NotificationEndpoints.SUBSCRIBE);
    add("notification:unsubscribe", UnsubscribeTopics::decode, NotificationEndpoints.UNSUBSCRIBE);
  }

  private EventCatalog() {}

  private static <C extends Command> void add(
      String name, Decoder<C> decoder, @Nullable Endpoint<C, ?> endpoint) {
    add(name, decoder, endpoint, Rate.REQUESTS);
  }

  private static <C extends Command> void add(
      String name, Decoder<C> decoder, @Nullable Endpoint<C, ?> endpoint, Rate rate) {
    EVENTS.put(name, new ClientEvent<>(name, decoder, endpoint, rate));
  }

  /** The event of that name; null where there is none. */
  public static @Nullable ClientEvent<?> find(String name) {
    return EVENTS.get(name);
  }

  /** Whether a client may send an event of that name. */
  public static boolean isKnown(String name) {
    return EVENTS.containsKey(name) || name.equals(SESSION_HELLO) || name.equals(SESSION_REFRESH);
  }

  /** The names of the events after hello, but for that of a new token. */
  public static Set<String> clientEventNames() {
    return Set.copyOf(EVENTS.keySet());
  }
}
