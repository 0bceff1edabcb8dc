package org.carewire.notifications;

/**
 * How a browser is pushed to. Whoever knows it may do so: it does not print itself.
 *
 * @param p256dh the browser's public key, in base64url
 * @param auth its secret, in base64url
 */
record PushSubscription(String endpoint, String p256dh, String auth) {
  @Override
  public String toString() {
    return "PushSubscription";
  }
}
