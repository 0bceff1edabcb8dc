package org.carewire.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.carewire.signaling.SignalingConfig;
import org.jspecify.annotations.Nullable;

/** The settings of {@code calls}. */
final class CallSettings {
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final int MAX_MESH = 50;

  private static final String MESH = "calls.meshParticipants";
  private static final String STUN_URIS = "calls.stunUris";
  private static final String TURN_URIS = "calls.turnUris";
  private static final String TURN_SECRET = "calls.turnSecret";
  private static final String SFU_URL = "calls.sfuUrl";
  private static final String SFU_KEY = "calls.sfuKey";
  private static final String SFU_SECRET = "calls.sfuSecret";

  /** Who has credentials can try out secrets on them; these many bytes are beyond that. */
  private static final int MIN_TURN_SECRET_BYTES = 16;

  /** LiveKit asks for that many, as does HS256. */
  private static final int MIN_SFU_SECRET_BYTES = 32;

  private static final String HOST = "(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::[0-9]{1,5})?";

  /** RFC 7064. */
  private static final Pattern STUN_URI = Pattern.compile("stun:" + HOST);

  /** RFC 7065. */
  private static final Pattern TURN_URI =
      Pattern.compile("turns?:" + HOST + "(?:\\?transport=(?:udp|tcp))?");

  private static final Pattern SFU_ADDRESS =
      Pattern.compile("wss?://" + HOST + "(?:/[A-Za-z0-9._~/-]*)?");

  private CallSettings() {}

  static SignalingConfig read(Settings settings) {
    int meshParticipants = settings.integer(MESH, 0, MAX_MESH, 6);
    SignalingConfig.Sfu sfu = sfu(settings);
    if (meshParticipants < 2 && sfu == null) {
      throw new StartFailure(
          "%s is %d, which leaves all calls to an SFU, but %s is not set"
              .formatted(MESH, meshParticipants, SFU_URL));
    }
    return new SignalingConfig(
        settings.duration("calls.ringTimeout", SHORTEST, Duration.ofSeconds(30)),
        settings.duration("calls.rejoinTimeout", SHORTEST, Duration.ofSeconds(30)),
        meshParticipants,
        uris(settings, STUN_URIS, STUN_URI, "URIs such as stun:stun.example.com:3478"),
        turn(settings),
        sfu);
  }

  private static SignalingConfig.@Nullable Turn turn(Settings settings) {
    List<String> uris =
        uris(
            settings,
            TURN_URIS,
            TURN_URI,
            "URIs such as turn:turn.example.com:3478?transport=udp or"
                + " turns:turn.example.com:5349");
    String secret = secret(settings, TURN_SECRET, MIN_TURN_SECRET_BYTES);
    Duration lifetime =
        settings.duration("calls.turnLifetime", Duration.ofMinutes(1), Duration.ofHours(4));
    if (secret == null) {
      refuseAlone(!uris.isEmpty(), TURN_URIS, TURN_SECRET);
      return null;
    }
    if (uris.isEmpty()) {
      throw needs(TURN_SECRET, TURN_URIS);
    }
    return new SignalingConfig.Turn(uris, secret, lifetime);
  }

  private static SignalingConfig.@Nullable Sfu sfu(Settings settings) {
    String url = settings.optional(SFU_URL);
    String key = settings.optional(SFU_KEY);
    String secret = secret(settings, SFU_SECRET, MIN_SFU_SECRET_BYTES);
    if (url == null) {
      refuseAlone(key != null, SFU_KEY, SFU_URL);
      refuseAlone(secret != null, SFU_SECRET, SFU_URL);
      return null;
    }
    if (!SFU_ADDRESS.matcher(url).matches()) {
      // The value may hold a password.
      throw new StartFailure(
          SFU_URL + " must be a URL such as wss://livekit.example.com, without user and password");
    }
    if (key == null || secret == null) {
      throw needs(SFU_URL, key == null ? SFU_KEY : SFU_SECRET);
    }
    return new SignalingConfig.Sfu(url, key, secret);
  }

  private static List<String> uris(Settings settings, String key, Pattern pattern, String wanted) {
    List<String> uris = settings.list(key);
    for (String uri : uris) {
      if (!pattern.matcher(uri).matches()) {
        throw Settings.wrong(key, uri, wanted);
      }
    }
    return uris;
  }

  private static @Nullable String secret(Settings settings, String key, int minBytes) {
    String secret = settings.optional(key);
    int bytes = secret == null ? 0 : secret.getBytes(UTF_8).length;
    if (secret != null && bytes < minBytes) {
      throw new StartFailure(
          "%s has %d bytes, but must have at least %d".formatted(key, bytes, minBytes));
    }
    return secret;
  }

  private static void refuseAlone(boolean isSet, String key, String missing) {
    if (isSet) {
      throw needs(key, missing);
    }
  }

  private static StartFailure needs(String key, String missing) {
    return new StartFailure("%s needs %s, which is not set".formatted(key, missing));
  }
}
