package org.carewire.notifications;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How users are notified.
 *
 * @param messageUnseenAfter a message that no device of a member has acknowledged for so long is
 *     notified of
 * @param acknowledgeWithin a notification that a device should have acknowledged for so long is
 *     pushed
 * @param giveUpAfter a push that could not be delivered for so long is given up
 * @param webPush absent where browsers are not pushed to
 * @param webhook absent where there is none
 */
public record NotificationsConfig(
    Duration messageUnseenAfter,
    Duration acknowledgeWithin,
    Duration giveUpAfter,
    @Nullable WebPush webPush,
    @Nullable Webhook webhook) {

  /**
   * Pushes to browsers.
   *
   * @param contact of who runs this, for push services: {@code mailto:} or {@code https:}
   * @param services the push services that subscriptions may name, as origins; {@code *.} before a
   *     host stands for all below it
   */
  public record WebPush(String contact, List<String> services) {}

  /**
   * The platform's own service, which brings pushes to phones and by other ways.
   *
   * @param secret by which requests are signed
   */
  public record Webhook(URI url, String secret) {
    @Override
    public String toString() {
      return "Webhook";
    }
  }
}
