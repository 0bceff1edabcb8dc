package org.carewire.testkit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/**
 * A key pair that tokens are signed with, as an identity provider has it.
 *
 * @param kid its name; empty: it has none
 * @param algorithm {@code RS256} or {@code ES256}
 */
public record SigningKey(String kid, String algorithm, KeyPair pair) {
  private static final int COORDINATE_BYTES = 32;

  public static SigningKey rsa(String kid) {
    return rsa(kid, 2_048);
  }

  public static SigningKey rsa(String kid, int bits) {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return new SigningKey(kid, "RS256", generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static SigningKey ec(String kid) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return new SigningKey(kid, "ES256", generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same key by another name; an empty one: by none. */
  public SigningKey named(String other) {
    return new SigningKey(other, algorithm, pair);
  }

  /** A JWKS of the public parts. */
  public static String jwks(SigningKey... keys) {
    return jwks(Arrays.stream(keys).map(SigningKey::jwk).toArray(ObjectNode[]::new));
  }

  public static String jwks(ObjectNode... keys) {
    return Json.object("keys", Arrays.asList(keys)).toString();
  }

  /** The public part. */
  public ObjectNode jwk() {
    ObjectNode jwk = Json.object("use", "sig", "alg", algorithm);
    if (!kid.isEmpty()) {
      jwk.put("kid", kid);
    }
    return switch (pair.getPublic()) {
      case RSAPublicKey rsa ->
          jwk.put("kty", "RSA")
              .put("n", base64(unsigned(rsa.getModulus())))
              .put("e", base64(unsigned(rsa.getPublicExponent())));
      case ECPublicKey ec ->
          jwk.put("kty", "EC")
              .put("crv", "P-256")
              .put("x", base64(coordinate(ec.getW().getAffineX())))
              .put("y", base64(coordinate(ec.getW().getAffineY())));
      default -> throw new IllegalStateException();
    };
  }

  /** What must never be published. */
  public ObjectNode privateJwk() {
    return switch (pair.getPrivate()) {
      case RSAPrivateKey rsa -> jwk().put("d", base64(unsigned(rsa.getPrivateExponent())));
      case ECPrivateKey ec -> jwk().put("d", base64(coordinate(ec.getS())));
      default -> throw new IllegalStateException();
    };
  }

  /** The public part in PEM, which somebody may take for a secret. */
  public String pem() {
    return "-----BEGIN PUBLIC KEY-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der())
        + "\n-----END PUBLIC KEY-----\n";
  }

  /** The public part in DER. */
  public byte[] der() {
    return pair.getPublic().getEncoded();
  }

  /** As RFC 7518 wants it. */
  public byte[] sign(byte[] content) {
    return sign(
        algorithm.equals("RS256") ? "SHA256withRSA" : "SHA256withECDSAinP1363Format", content);
  }

  /**
   * As the JDK calls the signature.
   *
   * @param name as {@code SHA256withECDSA}, which is in DER
   */
  public byte[] sign(String name, byte[] content) {
    try {
      var signature = Signature.getInstance(name);
      signature.initSign(pair.getPrivate());
      signature.update(content);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static byte[] coordinate(BigInteger number) {
    byte[] bytes = unsigned(number);
    byte[] padded = new byte[COORDINATE_BYTES];
    System.arraycopy(bytes, 0, padded, padded.length - bytes.length, bytes.length);
    return padded;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "SigningKey[" + kid + ", " + algorithm + "]";
  }
}
