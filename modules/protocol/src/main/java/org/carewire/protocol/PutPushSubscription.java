package org.carewire.protocol;

/**
 * {@code PUT /push/subscriptions/{deviceId}}: where a browser of the caller is to be pushed to. Its
 * endpoint is a secret, so it does not print itself.
 *
 * @param endpoint an https URL of the browser's push service
 * @param p256dh the browser's public key: 65 bytes in base64url
 * @param auth its secret: 16 bytes in base64url
 */
public record PutPushSubscription(DeviceId device, String endpoint, String p256dh, String auth)
    implements Command {
  private static final int MAX_ENDPOINT = 2_000;
  private static final int MAX_KEY = 200;

  /** Reads a {@code PushSubscription} as browsers write it in JSON. */
  public static PutPushSubscription decode(DeviceId device, Fields fields) {
    Fields keys = fields.object("keys");
    if (keys == null) {
      throw Refusal.badRequest("keys", "keys is required");
    }
    return new PutPushSubscription(
        device,
        fields.requiredText("endpoint", MAX_ENDPOINT),
        keys.requiredText("p256dh", MAX_KEY),
        keys.requiredText("auth", MAX_KEY));
  }

  @Override
  public String toString() {
    return "PutPushSubscription[" + device + "]";
  }
}
