package org.carewire.signaling;

import java.util.List;
import org.carewire.protocol.CallId;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.carewire.protocol.TenantId;

/**
 * What one change of a call is to bring about.
 *
 * @param effects as the change made them, those that are done absent
 */
record Effects(TenantId tenant, CallId call, long version, List<Effect> effects) {

  /** As they are stored: a list of one type, so that each says which it is. */
  private record Stored(List<Effect> effects) {}

  static RawJson json(List<Effect> effects) {
    return Json.raw(new Stored(effects));
  }

  static List<Effect> read(byte[] json) {
    return Json.read(json, Stored.class).effects();
  }
}
