package org.carewire.chat;

import java.util.function.BiPredicate;
import org.carewire.protocol.Caller;
import org.carewire.protocol.ErrorCode;
import org.carewire.protocol.Refusal;
import org.carewire.protocol.UserId;
import org.jspecify.annotations.Nullable;

/** What only the platform's services and admins may do, and whom else they let look. */
final class PlatformOnly {
  private PlatformOnly() {}

  static void require(Caller caller) {
    if (!caller.isPlatform()) {
      throw denied();
    }
  }

  /**
   * Shows something to the platform and to its members. Others are not told whether it exists.
   *
   * @param found null where it does not
   */
  static <T> T orMember(Caller caller, @Nullable T found, BiPredicate<T, UserId> isMember) {
    if (found != null && (caller.isPlatform() || isMember.test(found, caller.user()))) {
      return found;
    }
    throw caller.isPlatform() ? Refusal.of(ErrorCode.NOT_FOUND, "Not found") : denied();
  }

  private static Refusal denied() {
    return Refusal.of(ErrorCode.ACCESS_DENIED, "Access denied");
  }
}
