package org.carewire.protocol;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a participant measures of what it receives; what it does not measure is absent.
 *
 * @param bitrate kbit/s
 * @param packetsLost percent of the packets since the last report
 * @param jitter milliseconds
 * @param latency milliseconds there and back
 * @param audioLevel 0 to 1
 * @param videoResolution as {@code 1280x720}
 * @param frameRate pictures a second
 */
public record CallMetrics(
    @Nullable Double bitrate,
    @Nullable Double packetsLost,
    @Nullable Double jitter,
    @Nullable Double latency,
    @Nullable Double audioLevel,
    @Nullable String videoResolution,
    @Nullable Double frameRate) {
  private static final double MAX_BITRATE = 1_000_000;
  private static final double MAX_MILLISECONDS = 60_000;
  private static final double MAX_FRAME_RATE = 1_000;
  private static final int RESOLUTION_CHARACTERS = 11;
  private static final Pattern RESOLUTION = Pattern.compile("[0-9]{1,5}x([0-9]{1,5})");

  static CallMetrics decode(Fields fields) {
    return new CallMetrics(
        fields.number("bitrate", 0, MAX_BITRATE),
        fields.number("packetsLost", 0, 100),
        fields.number("jitter", 0, MAX_MILLISECONDS),
        fields.number("latency", 0, MAX_MILLISECONDS),
        fields.number("audioLevel", 0, 1),
        fields.parsed("videoResolution", CallMetrics::resolution),
        fields.number("frameRate", 0, MAX_FRAME_RATE));
  }

  private static String resolution(String text) {
    if (text.length() > RESOLUTION_CHARACTERS || !RESOLUTION.matcher(text).matches()) {
      throw Refusal.badRequest("A videoResolution is width and height, such as 1280x720");
    }
    return text;
  }

  /** Of the picture, in pixels; absent where there is none. */
  public @Nullable Integer videoHeight() {
    if (videoResolution == null) {
      return null;
    }
    Matcher matcher = RESOLUTION.matcher(videoResolution);
    return matcher.matches() ? Integer.valueOf(matcher.group(1)) : null;
  }
}
