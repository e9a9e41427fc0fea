package org.jbuildkit.protocol.keys;

/** Keys of the frontend options that the daemon or several frontends read. */
public final class SolveOptions {
  public static final String SOURCE = "source";

  public static final String CMDLINE = "cmdline";

  public static final String FRONTEND_CAPS = "frontend.caps";

  public static final String REQUEST_ID = "requestid";

  public static final String FILENAME = "filename";

  public static final String TARGET = "target";

  public static final String CONTEXT_KEY = "contextkey";

  public static final String DOCKERFILE_KEY = "dockerfilekey";

  public static final String CONTEXT_SUBDIRECTORY = "contextsubdir";

  public static final String CONTEXT = "context";

  public static final String CONTEXT_PREFIX = "context:";

  public static final String INPUT_PREFIX = "input:";

  public static final String INPUT_METADATA_PREFIX = "input-metadata:";

  public static final String LOCAL_SESSION_PREFIX = "local-sessionid:";

  public static final String SHARED_KEY_PREFIX = "sharedkey:localdir:";

  public static final String BUILD_ARG_PREFIX = "build-arg:";

  public static final String LABEL_PREFIX = "label:";

  public static final String PLATFORM = "platform";

  public static final String MULTI_PLATFORM = "multi-platform";

  public static final String IMAGE_RESOLVE_MODE = "image-resolve-mode";

  public static final String NO_CACHE = "no-cache";

  public static final String FORCE_NETWORK_MODE = "force-network-mode";

  public static final String ADD_HOSTS = "add-hosts";

  public static final String HOSTNAME = "hostname";

  public static final String CGROUP_PARENT = "cgroup-parent";

  public static final String SHM_SIZE = "shm-size";

  public static final String ULIMIT = "ulimit";

  public static final String MEMORY = "memory";

  public static final String MEMORY_SWAP = "memswap";

  public static final String CPU_SHARES = "cpushares";

  public static final String CPU_PERIOD = "cpuperiod";

  public static final String CPU_QUOTA = "cpuquota";

  public static final String CPUSET_CPUS = "cpusetcpus";

  public static final String CPUSET_MEMS = "cpusetmems";

  public static final String CACHE_IMPORTS = "cache-imports";

  public static final String CACHE_FROM = "cache-from";

  public static final String ATTEST_PREFIX = "attest:";

  public static final String BUILD_ARG_ATTEST_PREFIX = "build-arg:BUILDKIT_ATTEST_";

  public static final String BUILD_ARG_SOURCE_DATE_EPOCH = "build-arg:SOURCE_DATE_EPOCH";

  public static final String BUILD_ARG_SYNTAX = "build-arg:BUILDKIT_SYNTAX";

  public static final String GATEWAY_DEVEL = "gateway-devel";

  /** Name of the built-in Dockerfile frontend. */
  public static final String FRONTEND_DOCKERFILE = "dockerfile.v0";

  /** Name of the frontend that runs a frontend image. */
  public static final String FRONTEND_GATEWAY = "gateway.v0";

  private SolveOptions() {}
}
