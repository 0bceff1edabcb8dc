package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.carewire.notifications.NotificationsConfig;
import org.jspecify.annotations.Nullable;

/** The settings of {@code notifications} and {@code push}. */
final class NotificationSettings {
  private static final Duration SHORTEST = Duration.ofMillis(100);

  private static final String CONTACT = "push.contact";
  private static final String SERVICES = "push.services";
  private static final String WEBHOOK_URL = "push.webhookUrl";
  private static final String WEBHOOK_SECRET = "push.webhookSecret";

  /** Those of Chromium, Firefox, Edge and Safari. */
  private static final List<String> KNOWN_SERVICES =
      List.of(
          "https://fcm.googleapis.com",
          "https://*.push.services.mozilla.com",
          "https://*.notify.windows.com",
          "https://*.push.apple.com");

  private static final int MIN_SECRET_BYTES = 32;

  /** What a secret begins with where the rest is Base64. */
  private static final String BASE64_SECRET = "whsec_";

  private static final Pattern CONTACT_URI =
      Pattern.compile("(?:mailto:[^\\s@]+@|https://)[^\\s@]+");
  private static final Pattern SERVICE =
      Pattern.compile("https?://(?:\\*\\.)?[A-Za-z0-9.-]+(?::[0-9]{1,5})?");

  private NotificationSettings() {}

  static NotificationsConfig read(Settings settings) {
    return new NotificationsConfig(
        settings.duration("notifications.messageUnseenAfter", SHORTEST, Duration.ofSeconds(30)),
        settings.duration("push.acknowledgeWithin", SHORTEST, Duration.ofSeconds(5)),
        settings.duration("push.giveUpAfter", Duration.ofSeconds(1), Duration.ofHours(24)),
        webPush(settings),
        webhook(settings));
  }

  private static NotificationsConfig.@Nullable WebPush webPush(Settings settings) {
    List<String> services = settings.list(SERVICES);
    for (String service : services) {
      if (!SERVICE.matcher(service).matches()) {
        throw Settings.wrong(
            SERVICES, service, "origins such as https://push.example.com or https://*.example.com");
      }
    }
    String contact = settings.optional(CONTACT);
    if (contact == null) {
      if (!services.isEmpty()) {
        throw new StartFailure(SERVICES + " needs " + CONTACT + ", which is not set");
      }
      return null;
    }
    if (!CONTACT_URI.matcher(contact).matches()) {
      throw Settings.wrong(
          CONTACT, contact, "a mailto: or https: URI, such as mailto:operator@example.com");
    }
    return new NotificationsConfig.WebPush(contact, services.isEmpty() ? KNOWN_SERVICES : services);
  }

  private static NotificationsConfig.@Nullable Webhook webhook(Settings settings) {
    String url = settings.optional(WEBHOOK_URL);
    String secret = settings.optional(WEBHOOK_SECRET);
    if (url == null || secret == null) {
      if (url != null || secret != null) {
        throw new StartFailure(
            "%s needs %s, which is not set"
                .formatted(
                    url != null ? WEBHOOK_URL : WEBHOOK_SECRET,
                    url != null ? WEBHOOK_SECRET : WEBHOOK_URL));
      }
      return null;
    }
    int bytes = secret.getBytes(UTF_8).length;
    if (bytes < MIN_SECRET_BYTES) {
      throw new StartFailure(
          "%s has %d bytes, but must have at least %d"
              .formatted(WEBHOOK_SECRET, bytes, MIN_SECRET_BYTES));
    }
    if (secret.startsWith(BASE64_SECRET) && !isBase64(secret.substring(BASE64_SECRET.length()))) {
      throw new StartFailure(WEBHOOK_SECRET + " must have Base64 after " + BASE64_SECRET);
    }
    return new NotificationsConfig.Webhook(uri(url), secret);
  }

  private static boolean isBase64(String text) {
    try {
      return Base64.getDecoder().decode(text).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static URI uri(String url) {
    try {
      var uri = new URI(url);
      boolean isHttp = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
      if (isHttp && uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // Refused below.
    }
    // The value may hold a password.
    throw new StartFailure(
        WEBHOOK_URL
            + " must be a URL such as https://push.example.com/, without user and password");
  }
}
