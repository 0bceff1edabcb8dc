package org.carewire.protocol;

import org.jspecify.annotations.Nullable;

/**
 * What a notification says, as it is stored and sent. Health data: it does not print itself.
 *
 * @param title up to {@link Limits#titleCharacters()}
 * @param message up to {@link Limits#notificationCharacters()}
 * @param data the poster's own
 * @param topic that it was posted to; absent where it was addressed to users
 */
public record NotificationContent(
    NotificationType type,
    NotificationPriority priority,
    String title,
    String message,
    @Nullable RawJson data,
    @Nullable Topic topic) {

  static NotificationContent decode(Fields fields, @Nullable Topic topic) {
    var data = fields.freeObject("data");
    return new NotificationContent(
        fields.requiredParsed("type", NotificationType::parse),
        fields.requiredParsed("priority", NotificationPriority::parse),
        filled(fields, "title", fields.limits().titleCharacters()),
        filled(fields, "message", fields.limits().notificationCharacters()),
        data == null ? null : Json.raw(data),
        topic);
  }

  private static String filled(Fields fields, String name, int maxCharacters) {
    String text = fields.requiredText(name, maxCharacters);
    if (text.isBlank()) {
      throw Refusal.badRequest(name, name + " must not be blank");
    }
    return text;
  }

  @Override
  public String toString() {
    return "NotificationContent[" + type + "]";
  }
}
