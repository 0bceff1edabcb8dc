package org.carewire.protocol;

import java.time.Duration;

/** What the chat verticle serves. */
public final class ChatEndpoints {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  public static final Endpoint<JoinRoom, RoomJoined> JOIN_ROOM =
      endpoint("chat.joinRoom", JoinRoom.class, RoomJoined.class);
  public static final Endpoint<StayInRoom, Done> STAY_IN_ROOM =
      endpoint("chat.stayInRoom", StayInRoom.class, Done.class);
  public static final Endpoint<LeaveRoom, RoomLeft> LEAVE_ROOM =
      endpoint("chat.leaveRoom", LeaveRoom.class, RoomLeft.class);
  public static final Endpoint<LoseSession, Done> LOSE_SESSION =
      endpoint("chat.loseSession", LoseSession.class, Done.class);
  public static final Endpoint<ListParticipants, RoomParticipants> LIST_PARTICIPANTS =
      endpoint("chat.listParticipants", ListParticipants.class, RoomParticipants.class);
  public static final Endpoint<ListRooms, RoomList> LIST_ROOMS =
      endpoint("chat.listRooms", ListRooms.class, RoomList.class);
  public static final Endpoint<SendMessage, MessageSent> SEND_MESSAGE =
      endpoint("chat.sendMessage", SendMessage.class, MessageSent.class);
  public static final Endpoint<ReadHistory, History> READ_HISTORY =
      endpoint("chat.readHistory", ReadHistory.class, History.class);
  public static final Endpoint<FindPositions, Positions> FIND_POSITIONS =
      endpoint("chat.findPositions", FindPositions.class, Positions.class);
  public static final Endpoint<FindTops, Tops> FIND_TOPS =
      endpoint("chat.findTops", FindTops.class, Tops.class);
  public static final Endpoint<ReadLog, LogPage> READ_LOG =
      endpoint("chat.readLog", ReadLog.class, LogPage.class);
  public static final Endpoint<SignalTyping, Done> SIGNAL_TYPING =
      endpoint("chat.signalTyping", SignalTyping.class, Done.class);
  public static final Endpoint<MarkMessages, Done> MARK_MESSAGES =
      endpoint("chat.markMessages", MarkMessages.class, Done.class);
  public static final Endpoint<ReceiptMoved, Done> TELL_RECEIPT =
      endpoint("chat.tellReceipt", ReceiptMoved.class, Done.class);
  public static final Endpoint<SeeUser, Done> SEE_USER =
      endpoint("chat.seeUser", SeeUser.class, Done.class);
  public static final Endpoint<PutVisit, VisitPut> PUT_VISIT =
      endpoint("chat.putVisit", PutVisit.class, VisitPut.class);
  public static final Endpoint<GetVisit, Visit> GET_VISIT =
      endpoint("chat.getVisit", GetVisit.class, Visit.class);
  public static final Endpoint<PutGroup, GroupPut> PUT_GROUP =
      endpoint("chat.putGroup", PutGroup.class, GroupPut.class);
  public static final Endpoint<GetGroup, Group> GET_GROUP =
      endpoint("chat.getGroup", GetGroup.class, Group.class);
  public static final Endpoint<DisconnectUser, Done> DISCONNECT_USER =
      endpoint("chat.disconnectUser", DisconnectUser.class, Done.class);
  public static final Endpoint<ReadRevocations, RevocationList> READ_REVOCATIONS =
      endpoint("chat.readRevocations", ReadRevocations.class, RevocationList.class);

  private ChatEndpoints() {}

  private static <C extends Command, R> Endpoint<C, R> endpoint(
      String address, Class<C> command, Class<R> reply) {
    return new Endpoint<>(address, command, reply, TIMEOUT);
  }
}
