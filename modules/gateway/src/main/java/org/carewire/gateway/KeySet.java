package org.carewire.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.carewire.protocol.Json;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a JWKS that signatures can be verified with.
 *
 * @param ignored how many others there were
 */
record KeySet(List<Key> keys, int ignored) {
  private static final int MIN_RSA_BITS = 2_048;

  /** A public key and the one algorithm that it is for. */
  record Key(JWK jwk, JWSAlgorithm algorithm, JWSVerifier verifier) {
    /** A token that names a key is verified by a key of that name only. */
    boolean fits(JWSHeader header) {
      String kid = header.getKeyID();
      return algorithm.equals(header.getAlgorithm()) && (kid == null || kid.equals(jwk.getKeyID()));
    }
  }

  /**
   * Reads a JWKS. Keys that cannot be used do not disturb the others: private and symmetric ones,
   * weak ones, those for something else, of unknown kinds or broken.
   *
   * @param algorithms that keys may be for
   * @throws KeysNotRead where it is none, or holds no key that can be used
   */
  static KeySet parse(byte[] utf8, Set<JWSAlgorithm> algorithms) throws KeysNotRead {
    List<Key> keys = new ArrayList<>();
    JsonNode elements = elements(utf8);
    for (JsonNode element : elements) {
      Key key = element.isObject() ? key(element.toString()) : null;
      if (key != null && algorithms.contains(key.algorithm()) && isForSignatures(key)) {
        keys.add(key);
      }
    }
    if (keys.isEmpty()) {
      throw new KeysNotRead(KeysNotRead.Reason.NO_USABLE_KEY);
    }
    return new KeySet(List.copyOf(keys), elements.size() - keys.size());
  }

  private static JsonNode elements(byte[] utf8) throws KeysNotRead {
    try {
      JsonNode elements = Json.read(utf8).path("keys");
      if (elements.isArray()) {
        return elements;
      }
    } catch (IOException e) {
      // Neither JSON nor anything else that is to be repeated.
    }
    throw new KeysNotRead(KeysNotRead.Reason.NOT_JWKS);
  }

  private static @Nullable Key key(String json) {
    try {
      JWK jwk = JWK.parse(json);
      return jwk.isPrivate()
          ? null
          : switch (jwk) {
            case RSAKey rsa -> rsa(rsa);
            case ECKey ec when ec.getCurve().equals(Curve.P_256) ->
                new Key(ec, JWSAlgorithm.ES256, new ECDSAVerifier(ec.toECPublicKey()));
            default -> null;
          };
    } catch (ParseException | JOSEException e) {
      return null;
    }
  }

  private static @Nullable Key rsa(RSAKey rsa) throws JOSEException {
    RSAPublicKey key = rsa.toRSAPublicKey();
    return key.getModulus().bitLength() < MIN_RSA_BITS
        ? null
        : new Key(rsa, JWSAlgorithm.RS256, new RSASSAVerifier(key));
  }

  /** By what the key says of itself; it need not say anything. */
  private static boolean isForSignatures(Key key) {
    JWK jwk = key.jwk();
    return (jwk.getKeyUse() == null || jwk.getKeyUse().equals(KeyUse.SIGNATURE))
        && (jwk.getKeyOperations() == null || jwk.getKeyOperations().contains(KeyOperation.VERIFY))
        && (jwk.getAlgorithm() == null || jwk.getAlgorithm().equals(key.algorithm()));
  }

  /** The keys that may have signed a token of this header. */
  List<JWSVerifier> fitting(JWSHeader header) {
    return keys.stream().filter(key -> key.fits(header)).map(Key::verifier).toList();
  }

  /** Whether the other one has the same keys. */
  boolean isSameAs(@Nullable KeySet other) {
    return other != null
        && keys.stream().map(Key::jwk).toList().equals(other.keys.stream().map(Key::jwk).toList());
  }
}
