package org.carewire.notifications;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Decrypts what it is pushed as browsers do (RFC 8188, RFC 8291), by what the JDK has. */
final class Browser {
  private static final byte LAST_RECORD = 2;

  private final KeyPair keys;
  private final byte[] auth = new byte[16];

  Browser() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      keys = generator.generateKeyPair();
      new SecureRandom().nextBytes(auth);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  String p256dh() {
    return base64url(point((ECPublicKey) keys.getPublic()));
  }

  String auth() {
    return base64url(auth);
  }

  String decrypt(byte[] body) throws GeneralSecurityException {
    ByteBuffer in = ByteBuffer.wrap(body);
    byte[] salt = take(in, 16);
    int recordSize = in.getInt();
    byte[] server = take(in, in.get());
    byte[] ciphertext = take(in, in.remaining());
    if (ciphertext.length > recordSize) {
      throw new AssertionError("More than one record");
    }
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(keys.getPrivate());
    agreement.doPhase(publicKey(server), true);
    byte[] info =
        join("WebPush: info\0".getBytes(US_ASCII), point((ECPublicKey) keys.getPublic()), server);
    byte[] ikm = hkdf(auth, agreement.generateSecret(), info, 32);
    byte[] key = hkdf(salt, ikm, "Content-Encoding: aes128gcm\0".getBytes(US_ASCII), 16);
    byte[] nonce = hkdf(salt, ikm, "Content-Encoding: nonce\0".getBytes(US_ASCII), 12);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
    byte[] padded = cipher.doFinal(ciphertext);
    int end = padded.length - 1;
    while (padded[end] == 0) {
      end--;
    }
    if (padded[end] != LAST_RECORD) {
      throw new AssertionError("Not the last record");
    }
    return new String(padded, 0, end, UTF_8);
  }

  private ECPublicKey publicKey(byte[] point) throws GeneralSecurityException {
    var w =
        new ECPoint(
            new BigInteger(1, Arrays.copyOfRange(point, 1, 33)),
            new BigInteger(1, Arrays.copyOfRange(point, 33, 65)));
    return (ECPublicKey)
        KeyFactory.getInstance("EC")
            .generatePublic(new ECPublicKeySpec(w, ((ECPublicKey) keys.getPublic()).getParams()));
  }

  private static byte[] point(ECPublicKey key) {
    return join(new byte[] {4}, bytes(key.getW().getAffineX()), bytes(key.getW().getAffineY()));
  }

  private static byte[] bytes(BigInteger number) {
    byte[] signed = number.toByteArray();
    byte[] all = new byte[32];
    int length = Math.min(32, signed.length);
    System.arraycopy(signed, signed.length - length, all, 32 - length, length);
    return all;
  }

  private static byte[] hkdf(byte[] salt, byte[] ikm, byte[] info, int length)
      throws GeneralSecurityException {
    return Arrays.copyOf(hmac(hmac(salt, ikm), join(info, new byte[] {1})), length);
  }

  static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text);
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static byte[] join(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static String base64url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
