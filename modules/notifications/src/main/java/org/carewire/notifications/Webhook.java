package org.carewire.notifications;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.carewire.protocol.EntryId;
import org.carewire.protocol.Json;
import org.carewire.protocol.NotificationType;
import org.carewire.protocol.TenantId;
import org.carewire.protocol.UserId;

/** Pushes to the platform's own service, signed as Standard Webhooks are. */
final class Webhook {
  private static final String HMAC = "HmacSHA256";
  private static final String BASE64_SECRET = "whsec_";

  /** What it is told. */
  private record Payload(
      EntryId id, NotificationType type, TenantId tenantId, UserId userId, Instant timestamp) {}

  private final URI url;
  private final SecretKeySpec key;
  private final Clock clock;

  Webhook(NotificationsConfig.Webhook config, Clock clock) {
    this.url = config.url();
    this.key = new SecretKeySpec(bytes(config.secret()), HMAC);
    this.clock = clock;
  }

  private static byte[] bytes(String secret) {
    return secret.startsWith(BASE64_SECRET)
        ? Base64.getDecoder().decode(secret.substring(BASE64_SECRET.length()))
        : secret.getBytes(UTF_8);
  }

  PushRequest request(Push push) throws GeneralSecurityException {
    String body =
        new String(
            Json.write(
                new Payload(
                    push.notification(),
                    push.type(),
                    push.tenant(),
                    push.user(),
                    push.notifiedAt())),
            UTF_8);
    // The same each time it is sent, by which the other side knows it.
    String id = push.notification().toString();
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    return new PushRequest(
        url,
        Map.of(
            "Content-Type",
            "application/json",
            "webhook-id",
            id,
            "webhook-timestamp",
            timestamp,
            "webhook-signature",
            "v1," + sign(id + "." + timestamp + "." + body)),
        Buffer.buffer(body));
  }

  private String sign(String text) throws GeneralSecurityException {
    Mac mac = Mac.getInstance(HMAC);
    mac.init(key);
    return Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
  }

  /** It may be set up wrongly for a while: whatever is not taken is sent again. */
  static PushAnswer read(PushClient.Answer answer) {
    int status = answer.status();
    return status >= 200 && status < 300
        ? new PushAnswer.Taken()
        : new PushAnswer.Failed(Integer.toString(status), answer.retryAfter());
  }
}
