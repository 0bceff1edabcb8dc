package org.carewire.platform;

import io.vertx.redis.client.Request;
import io.vertx.redis.client.impl.RequestImpl;
import io.vertx.redis.client.impl.ZModem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Which server has which key, as one of those asked tells it. */
final class RedisMasters {
  static final int SLOTS = 16_384;

  private final long age;
  private final @Nullable String[] ofSlots;

  private RedisMasters(long age, @Nullable String[] ofSlots) {
    this.age = age;
    this.ofSlots = ofSlots;
  }

  /** One that has all. */
  static RedisMasters one(long age, String uri) {
    return new RedisMasters(age, new String[] {uri});
  }

  /** The masters of a cluster. */
  static RedisMasters cluster(long age, List<Span> spans) {
    var ofSlots = new @Nullable String[SLOTS];
    spans.forEach(span -> Arrays.fill(ofSlots, span.first, span.last + 1, span.uri));
    return new RedisMasters(age, ofSlots);
  }

  /** Slots that a server has, from the first to the last. */
  record Span(int first, int last, String uri) {}

  /** How far history had come by the one who told this: more is later. */
  long age() {
    return age;
  }

  /** The URI of the one to ask; null where nobody has the key. */
  @Nullable String of(Request request) {
    if (ofSlots.length == 1) {
      return ofSlots[0];
    }
    List<byte[]> keys = ((RequestImpl) request).keys();
    return ofSlots[keys.isEmpty() ? 0 : ZModem.generate(keys.getFirst())];
  }

  /** The URIs of all, in order. */
  List<String> uris() {
    var uris = new TreeSet<String>();
    Arrays.stream(ofSlots).filter(Objects::nonNull).distinct().forEach(uris::add);
    return new ArrayList<>(uris);
  }
}
