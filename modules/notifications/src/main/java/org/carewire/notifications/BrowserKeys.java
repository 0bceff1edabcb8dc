package org.carewire.notifications;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Security;
import java.util.Base64;
import nl.martijndwars.webpush.Utils;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** The public keys of browsers. */
final class BrowserKeys {
  private static final int POINT_BYTES = 65;

  /** Of a point that is not compressed. */
  private static final byte FIRST_BYTE = 4;

  static {
    // Where the library that encrypts looks for curves, by name.
    Security.addProvider(new BouncyCastleProvider());
  }

  private BrowserKeys() {}

  /**
   * Reads one.
   *
   * @param base64url a point of P-256, not compressed
   * @throws GeneralSecurityException where it is not that
   */
  static PublicKey load(String base64url) throws GeneralSecurityException {
    try {
      byte[] point = Base64.getUrlDecoder().decode(base64url);
      if (point.length == POINT_BYTES && point[0] == FIRST_BYTE) {
        return Utils.loadPublicKey(point);
      }
    } catch (IllegalArgumentException e) {
      // Not base64url, or not on the curve.
    }
    throw new GeneralSecurityException("Not a public key");
  }
}
