package org.jbuildkit.daemon.log;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what libraries log with the JDK's loggers into the daemon's log. Transports warn of every
 * client that goes away in the middle of a call: that is for debugging.
 */
final class JavaLogs extends Handler {
  private JavaLogs() {}

  static void takeOver() {
    LogManager.getLogManager().reset();
    Logger.getLogger("").addHandler(new JavaLogs());
  }

  @Override
  public void publish(LogRecord record) {
    var name = record.getLoggerName() == null ? "" : record.getLoggerName();
    var log = LoggerFactory.getLogger(name);
    if (record.getLevel().intValue() >= Level.SEVERE.intValue()) {
      log.error(String.valueOf(record.getMessage()), record.getThrown());
    } else {
      log.debug(String.valueOf(record.getMessage()), record.getThrown());
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
