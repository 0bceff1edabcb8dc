package org.carewire.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import org.carewire.protocol.CloseCode;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.Refusal;
import org.jspecify.annotations.Nullable;

/** Numbered requests, replies and events as JSON: {@code /ws}. */
final class JsonDialect implements Dialect {
  private final CommandRouter commands;

  JsonDialect(CommandRouter commands) {
    this.commands = commands;
  }

  @Override
  public Frame frame(OutboundEvent event) {
    return event.jsonFrame();
  }

  @Override
  public void receive(Session session, byte[] utf8) {
    JsonFrames.request(utf8)
        .ifPresentOrElse(
            request -> handle(session, request), () -> session.close(CloseCode.MALFORMED));
  }

  private void handle(Session session, JsonFrames.Request request) {
    JsonNode id = request.id();
    if (id != null && !id.isTextual() && !id.isIntegralNumber()) {
      commands
          .refuse(session, Refusal.badRequest("id", "id must be a number or a text"))
          .onSuccess(reply -> reply(session, NullNode.getInstance(), reply));
      return;
    }
    commands
        .handle(session, request.event(), request.data())
        .onSuccess(reply -> reply(session, id, reply));
  }

  private static void reply(Session session, @Nullable JsonNode id, RawJson reply) {
    if (id != null) {
      session.write(JsonFrames.reply(id, reply));
    }
  }
}
