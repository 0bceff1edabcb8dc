package org.carewire.notifications;

import org.carewire.platform.Faults;
import org.carewire.platform.Outage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Says when what is done again and again begins to fail, and when that is over. */
final class Trouble {
  private final Logger log;
  private final String event;
  private boolean failing;

  /**
   * None yet.
   *
   * @param event that is logged, with {@code failing}
   */
  Trouble(Logger log, String event) {
    this.log = log;
    this.event = event;
  }

  /**
   * It was done once more.
   *
   * @param failure absent where it has succeeded
   */
  void note(@Nullable Throwable failure) {
    if ((failure != null) == failing) {
      return;
    }
    failing = failure != null;
    var line = failure == null || Outage.is(failure) ? log.atWarn() : log.atError();
    if (failure != null) {
      line = line.setCause(Faults.withoutTexts(failure));
    }
    line.addKeyValue("failing", failing).log(event);
  }
}
