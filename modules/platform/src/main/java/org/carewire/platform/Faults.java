package org.carewire.platform;

/**
 * Failures as they may be logged. The text of an exception can repeat what a client wrote (a
 * database quotes the value it refused), so only types and stack traces are kept.
 */
public final class Faults {
  private Faults() {}

  public static Throwable withoutTexts(Throwable failure) {
    var silent = new Silenced(failure.getClass().getName());
    silent.setStackTrace(failure.getStackTrace());
    if (failure.getCause() != null) {
      silent.initCause(withoutTexts(failure.getCause()));
    }
    return silent;
  }

  private static final class Silenced extends RuntimeException {
    private static final long serialVersionUID = 1;

    Silenced(String type) {
      super(type);
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }
}
