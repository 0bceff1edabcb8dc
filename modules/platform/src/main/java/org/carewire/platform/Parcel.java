package org.carewire.platform;

import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
import org.carewire.protocol.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * What travels on the event bus: within a node the value itself, between nodes its JSON.
 *
 * @param caller in requests, who asks
 * @param body a record, or its JSON where it came from another node
 * @param refused whether {@code body} is a {@link RefusalBody} in place of the reply
 */
record Parcel(@Nullable Caller caller, Object body, boolean refused) {

  static Parcel request(Caller caller, Object command) {
    return new Parcel(caller, command, false);
  }

  static Parcel of(Object value) {
    return new Parcel(null, value, false);
  }

  static Parcel refusal(RefusalBody body) {
    return new Parcel(null, body, true);
  }

  <T> T open(Class<T> type) {
    return body instanceof RawJson json ? Json.read(json.utf8(), type) : type.cast(body);
  }
}
