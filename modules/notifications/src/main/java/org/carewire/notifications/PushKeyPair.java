package org.carewire.notifications;

/**
 * By which push services know this installation (VAPID).
 *
 * @param publicKey an uncompressed point of P-256, in base64url without padding
 * @param privateKey 32 bytes in base64url without padding
 */
record PushKeyPair(String publicKey, String privateKey) {
  @Override
  public String toString() {
    return "PushKeyPair";
  }
}
