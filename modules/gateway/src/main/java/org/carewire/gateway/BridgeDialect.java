package org.carewire.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.EventCatalog;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.ServerEvent;
import org.jspecify.annotations.Nullable;

/**
 * The Vert.x event-bus bridge protocol: {@code /eventbus}. What looks like addresses of an event
 * bus are the names of events; no address of the server's own bus can be reached.
 */
final class BridgeDialect implements Dialect {
  /** As long as the published clients' UUIDs. */
  private static final int MAX_REPLY_ADDRESS = 36;

  private final CommandRouter commands;
  private final Set<ServerEvent> registered = EnumSet.noneOf(ServerEvent.class);

  BridgeDialect(CommandRouter commands) {
    this.commands = commands;
  }

  @Override
  public @Nullable Frame frame(OutboundEvent event) {
    return registered.contains(event.event()) ? event.bridgeFrame() : null;
  }

  @Override
  public void receive(Session session, byte[] utf8) {
    BridgeFrames.request(utf8)
        .ifPresentOrElse(
            request -> handle(session, request), () -> session.close(CloseCode.MALFORMED));
  }

  private void handle(Session session, BridgeFrames.Request request) {
    switch (request.type()) {
      // A sign of life, like any frame.
      case "ping" -> count(session);
      case "send" -> send(session, request, request.replyAddress());
      case "publish" -> send(session, request, null);
      case "register", "unregister" -> register(session, request);
      default ->
          refuse(
              session,
              request.address(),
              Refusal.badRequest("type", "There is no such type of frame"));
    }
  }

  private void register(Session session, BridgeFrames.Request request) {
    ServerEvent event = ServerEvent.find(String.valueOf(request.address()));
    if (event == null) {
      refuse(
          session,
          request.address(),
          Refusal.of(ErrorCode.UNKNOWN_EVENT, "The server sends no such event"));
      return;
    }
    count(session);
    if (request.type().equals("register")) {
      registered.add(event);
    } else {
      registered.remove(event);
    }
  }

  /** What has no reply cannot be refused for being too much; a flood of it ends the session. */
  private static void count(Session session) {
    try {
      session.rates().countRequest();
    } catch (Refusal refusal) {
      // The front door closes who goes on for too long.
    }
  }

  /** Refuses in an error frame, as there is no reply body to do it in. */
  private void refuse(Session session, @Nullable String address, Refusal refusal) {
    commands
        .refuse(session, refusal)
        .onSuccess(_ -> session.write(BridgeFrames.error(address, refusal)));
  }

  private void send(
      Session session, BridgeFrames.Request request, @Nullable JsonNode replyAddress) {
    if (replyAddress != null && !isReplyAddress(replyAddress)) {
      Refusal refusal =
          Refusal.badRequest(
              "replyAddress",
              "replyAddress must be a text of at most " + MAX_REPLY_ADDRESS + " characters");
      refuse(session, null, refusal);
      return;
    }
    String replyTo = replyAddress == null ? null : replyAddress.textValue();
    String event = String.valueOf(request.address());
    if (!EventCatalog.isKnown(event)) {
      Refusal refusal = Refusal.of(ErrorCode.UNKNOWN_EVENT, "There is no such event");
      commands
          .refuse(session, refusal)
          .onSuccess(_ -> reply(session, replyTo, to -> BridgeFrames.error(to, refusal)));
      return;
    }
    if (event.equals(EventCatalog.SESSION_HELLO)) {
      request.header("Authorization").map(HttpApi::bearerToken).ifPresent(session::offerToken);
    }
    commands
        .handle(session, event, request.body())
        .onSuccess(body -> reply(session, replyTo, to -> BridgeFrames.message(to, body)));
  }

  private static boolean isReplyAddress(JsonNode address) {
    return address.isTextual() && address.textValue().length() <= MAX_REPLY_ADDRESS;
  }

  private static void reply(
      Session session, @Nullable String address, Function<String, Frame> frame) {
    if (address != null) {
      session.write(frame.apply(address));
    }
  }
}
