package org.carewire.notifications;

import static java.util.Objects.requireNonNull;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import nl.martijndwars.webpush.Encoding;
import nl.martijndwars.webpush.HttpEce;
import nl.martijndwars.webpush.Utils;
import org.bouncycastle.jce.interfaces.ECPublicKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotificationPriority;
import org.carewire.protocol.NotificationType;

/**
 * Pushes to browsers (RFC 8030), encrypted so that their push services cannot read them (RFC 8291).
 * Safe for all threads.
 */
final class WebPush {
  private static final String KEY_ID = "server";
  private static final int SALT_BYTES = 16;

  /** What a browser is told; what it says the browser asks for itself. */
  private record Payload(EntryId id, NotificationType type) {}

  private final PushServices services;
  private final VapidTokens tokens;
  private final Duration lifetime;
  private final SecureRandom random = new SecureRandom();

  /**
   * To some push services.
   *
   * @param lifetime how long they are to keep what a browser does not fetch
   */
  WebPush(NotificationsConfig.WebPush config, Duration lifetime, Clock clock) {
    this.services = new PushServices(config.services());
    this.tokens = new VapidTokens(config.contact(), clock);
    this.lifetime = lifetime;
  }

  /**
   * Encrypts and signs, which takes a millisecond.
   *
   * @return empty where the push service is no longer one that may be named
   * @throws GeneralSecurityException where the browser's key is none
   */
  Optional<PushRequest> request(PushKeyPair keys, Push push) throws GeneralSecurityException {
    PushSubscription subscription = requireNonNull(push.subscription());
    Optional<URI> endpoint = services.find(subscription.endpoint());
    if (endpoint.isEmpty()) {
      return Optional.empty();
    }
    byte[] payload = Json.write(new Payload(push.notification(), push.type()));
    return Optional.of(
        new PushRequest(
            endpoint.get(),
            Map.of(
                "Authorization",
                tokens.authorization(keys, PushServices.origin(endpoint.get())),
                "Content-Encoding",
                "aes128gcm",
                "Content-Type",
                "application/octet-stream",
                "TTL",
                Long.toString(lifetime.toSeconds()),
                "Topic",
                topic(push.notification()),
                "Urgency",
                urgency(push.priority())),
            Buffer.buffer(encrypt(payload, subscription))));
  }

  private byte[] encrypt(byte[] payload, PushSubscription subscription)
      throws GeneralSecurityException {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return new HttpEce(Map.of(KEY_ID, onlyForThis()), Map.of(KEY_ID, "P-256"))
        .encrypt(
            payload,
            salt,
            null,
            KEY_ID,
            (ECPublicKey) BrowserKeys.load(subscription.p256dh()),
            Base64.getUrlDecoder().decode(subscription.auth()),
            Encoding.AES128GCM);
  }

  private KeyPair onlyForThis() throws GeneralSecurityException {
    var generator =
        KeyPairGenerator.getInstance(Utils.ALGORITHM, BouncyCastleProvider.PROVIDER_NAME);
    generator.initialize(new ECGenParameterSpec(Utils.CURVE), random);
    return generator.generateKeyPair();
  }

  /** A push that comes again takes the place of the first where that was not fetched yet. */
  private static String topic(EntryId notification) {
    UUID id = notification.value();
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String urgency(NotificationPriority priority) {
    return switch (priority) {
      case LOW -> "low";
      case MEDIUM -> "normal";
      case HIGH, URGENT -> "high";
    };
  }

  /** What a push service says by its status. */
  static PushAnswer read(PushClient.Answer answer) {
    int status = answer.status();
    return switch (status) {
      case 404, 410 -> new PushAnswer.Gone();
      case 400, 401, 403, 413 -> new PushAnswer.Refused(Integer.toString(status));
      default ->
          status >= 200 && status < 300
              ? new PushAnswer.Taken()
              : new PushAnswer.Failed(Integer.toString(status), answer.retryAfter());
    };
  }
}
