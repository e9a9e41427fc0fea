package org.jbuildkit.daemon.log;

import org.jbuildkit.daemon.config.LogConfig;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** Gives SLF4J our log. */
public final class LogProvider implements SLF4JServiceProvider {
  private static final String FORMAT = "jbuildkit.log.format";
  private static final String LEVEL = "jbuildkit.log.level";

  private final ILoggerFactory loggers = LineLogger::new;
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new NOPMDCAdapter();

  /** Sets what is logged from now on, and how. */
  public static void configure(LogConfig config) {
    System.setProperty(FORMAT, config.format().name());
    System.setProperty(LEVEL, config.level().name());
    JavaLogs.takeOver();
  }

  static boolean isEnabled(LogConfig.Level level) {
    return level.compareTo(LogConfig.Level.valueOf(System.getProperty(LEVEL, "INFO"))) <= 0;
  }

  static boolean isJson() {
    return System.getProperty(FORMAT, "TEXT").equals("JSON");
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return loggers;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  @Override
  public void initialize() {}
}
