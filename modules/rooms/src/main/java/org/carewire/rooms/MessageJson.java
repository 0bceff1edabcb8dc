package org.carewire.rooms;

import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.UserId;

/**
 * An entry as a {@code <message>} on the wire. Its stored content is taken over as it is; ids and
 * times need no escaping.
 */
public final class MessageJson {
  private MessageJson() {}

  /**
   * The message as its members see it.
   *
   * @param status {@code sent}, {@code delivered} or {@code read}
   */
  public static RawJson of(Entry entry, String status) {
    var json = new StringBuilder(256 + entry.content().utf8().length);
    json.append("{\"id\":\"").append(entry.id()).append('"');
    text(json, "roomId", entry.room().value());
    json.append(",\"offset\":").append(entry.offset());
    UserId sender = entry.sender();
    if (sender != null) {
      text(json, "senderId", sender.value());
      entry.room().otherUser(sender).ifPresent(other -> text(json, "recipientId", other.value()));
    }
    entry.room().visitId().ifPresent(visit -> text(json, "visitId", visit.value()));
    text(json, "timestamp", Json.time(entry.createdAt()));
    text(json, "status", status);
    if (entry.clientMessageId() != null) {
      text(json, "clientMessageId", entry.clientMessageId().value());
    }
    String content = entry.content().text();
    json.append(',').append(content, 1, content.length());
    return RawJson.of(json.toString());
  }

  private static void text(StringBuilder json, String name, String value) {
    json.append(",\"").append(name).append("\":\"").append(value).append('"');
  }
}
