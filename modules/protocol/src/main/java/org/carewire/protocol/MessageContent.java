package org.carewire.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a message says, as it is stored and sent: {@code {"message", "attachments", "metadata"}},
 * the sender's role among the metadata. Health data: it does not print itself.
 *
 * @param message its text, up to {@link Limits#messageCharacters()}
 * @param attachments https URLs or ids of files
 * @param metadata the client's own fields beside {@code messageType}, {@code replyToId} and {@code
 *     senderRole}
 */
public record MessageContent(String message, List<String> attachments, ObjectNode metadata) {
  private static final Set<String> CLIENT_TYPES = Set.of("text", "image", "file");
  private static final Set<String> SERVER_TYPES = Set.of("call", "system");

  static MessageContent decode(Fields fields, Role senderRole) {
    return new MessageContent(message(fields), attachments(fields), metadata(fields, senderRole));
  }

  private static String message(Fields fields) {
    String text = fields.text("message", fields.limits().messageCharacters());
    if (text == null || text.isBlank()) {
      throw Refusal.badRequest("message", "Message content is required");
    }
    return text;
  }

  private static List<String> attachments(Fields fields) {
    Limits limits = fields.limits();
    List<String> attachments =
        fields.texts("attachments", limits.attachments(), limits.attachmentCharacters());
    for (int i = 0; i < attachments.size(); i++) {
      String attachment = attachments.get(i);
      if (!isHttpsUrl(attachment) && !IdSyntax.isValid(attachment, limits.attachmentCharacters())) {
        throw Refusal.badRequest(
            "attachments[" + i + "]", "An attachment is an https URL or the id of a file");
      }
    }
    return attachments;
  }

  private static boolean isHttpsUrl(String text) {
    if (!text.startsWith("https://")) {
      return false;
    }
    try {
      return URI.create(text).getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static ObjectNode metadata(Fields fields, Role senderRole) {
    JsonNode given = fields.freeObject("metadata");
    Fields metadata = fields.object("metadata");
    ObjectNode stored = JsonNodeFactory.instance.objectNode();
    if (given != null && metadata != null) {
      requireClientType(metadata.text("messageType", IdSyntax.MAX_LENGTH));
      metadata.parsed("replyToId", IdSyntax::require);
      if (metadata.has("call")) {
        throw Refusal.badRequest("metadata.call", "Only the server makes call records");
      }
      given.properties().forEach(field -> stored.set(field.getKey(), field.getValue()));
    }
    return stored.put("senderRole", senderRole.wireName());
  }

  private static void requireClientType(@Nullable String type) {
    if (type == null || CLIENT_TYPES.contains(type)) {
      return;
    }
    throw Refusal.badRequest(
        "metadata.messageType",
        SERVER_TYPES.contains(type)
            ? "Only the server makes call and system messages"
            : "A messageType is text, image or file");
  }

  @Override
  public String toString() {
    return "MessageContent[" + message.length() + " characters]";
  }
}
