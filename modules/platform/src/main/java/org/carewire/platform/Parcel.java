package org.carewire.platform;

import com.fasterxml.jackson.databind.JsonNode;
import org.carewire.protocol.Caller;
import org.carewire.protocol.Json;
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
    return body instanceof JsonNode json ? Json.convert(json, type) : type.cast(body);
  }
}
