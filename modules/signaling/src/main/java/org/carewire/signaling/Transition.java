package org.carewire.signaling;

import java.util.List;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;

/** What an event makes of a call. */
sealed interface Transition {

  /** The call is another one from now on. */
  record Changed(Call call, List<Effect> effects) implements Transition {}

  /** It was so before, or it does not matter. */
  record Unchanged() implements Transition {}

  /** It cannot be done. */
  record Refused(ErrorCode code, String text) implements Transition {
    Refusal refusal() {
      return Refusal.of(code, text);
    }
  }
}
