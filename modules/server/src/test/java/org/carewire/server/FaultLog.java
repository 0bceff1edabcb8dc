package org.carewire.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What the server logs at WARN, and anybody at ERROR, from now on. */
final class FaultLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  /** Others warn of what is no fault, such as an event loop that a busy machine has held up. */
  private static final String OURS = "org.carewire.";

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  private FaultLog() {}

  static FaultLog open() {
    var log = new FaultLog();
    log.setContext(log.root.getLoggerContext());
    log.start();
    log.root.addAppender(log);
    return log;
  }

  List<String> lines() {
    return List.copyOf(lines);
  }

  @Override
  protected void append(ILoggingEvent event) {
    Level worst = event.getLoggerName().startsWith(OURS) ? Level.WARN : Level.ERROR;
    if (event.getLevel().isGreaterOrEqual(worst)) {
      var throwable = event.getThrowableProxy();
      lines.add(
          "%s %s %s %s"
              .formatted(
                  event.getLoggerName(),
                  event.getFormattedMessage(),
                  event.getKeyValuePairs(),
                  throwable == null ? "" : ThrowableProxyUtil.asString(throwable)));
    }
  }

  @Override
  public void close() {
    root.detachAppender(this);
    stop();
  }
}
