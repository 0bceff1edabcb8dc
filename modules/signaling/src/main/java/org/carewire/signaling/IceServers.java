package org.carewire.signaling;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.carewire.protocol.CallId;
import org.carewire.protocol.IceServer;
import org.carewire.signaling.SignalingConfig.Turn;

/**
 * The STUN and TURN servers of a participant. TURN credentials are those of coturn's {@code
 * use-auth-secret} (draft-uberti-behave-turn-rest): the user name says until when they are good,
 * the password is its HMAC by the shared secret, so nobody has to store them.
 */
final class IceServers {
  /** What that scheme asks for. */
  private static final String ALGORITHM = "HmacSHA1";

  private final SignalingConfig config;
  private final Clock clock;

  IceServers(SignalingConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /**
   * With new credentials; empty where no server is configured.
   *
   * @param participant its number in the call. It stands for the user id, which would be in the log
   *     of the TURN server
   */
  List<IceServer> of(CallId call, int participant) {
    var servers = new ArrayList<IceServer>();
    if (!config.stunUris().isEmpty()) {
      servers.add(new IceServer(config.stunUris(), null, null));
    }
    Turn turn = config.turn();
    if (turn != null) {
      long expiry = clock.instant().plus(turn.lifetime()).getEpochSecond();
      String username = expiry + ":" + call.value() + "." + participant;
      servers.add(new IceServer(turn.uris(), username, credential(turn.secret(), username)));
    }
    return List.copyOf(servers);
  }

  private static String credential(String secret, String username) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM));
      return Base64.getEncoder().encodeToString(mac.doFinal(username.getBytes(UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has " + ALGORITHM, e);
    }
  }
}
