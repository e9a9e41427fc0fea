package org.jbuildkit.sources.git;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jbuildkit.engine.Source;
import org.jbuildkit.engine.job.Job;
import org.jbuildkit.linux.ProcessCalls;
import org.jbuildkit.oci.Platform;
import org.jbuildkit.oci.registry.RegistryClient;
import org.jbuildkit.oci.registry.RegistryHosts;
import org.jbuildkit.session.SessionCredentials;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.solver.OpContext;
import org.jbuildkit.solver.VertexReport;
import org.jbuildkit.sources.BlobOrigin;
import org.jbuildkit.store.Database;
import org.jbuildkit.store.OverlaySnapshotter;
import org.jbuildkit.store.RefStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server with a repository, and a source of its own for each test. */
class GitWorld {
  @TempDir Path folder;
  final SessionRegistry sessions = new SessionRegistry();
  final List<String> log = new CopyOnWriteArrayList<>();
  Path work;
  GitServer server;
  Database database;
  RefStore refs;
  RegistryClient client;
  GitSource source;

  @BeforeEach
  void open() throws Exception {
    assumeTrue(ProcessCalls.effectiveUserId() == 0, "mounts need root");
    var scratch = Files.createDirectory(folder.resolve("scratch"));
    server = new GitServer(Files.createDirectory(folder.resolve("served")));
    work = repository("work");
    Files.writeString(work.resolve("a.txt"), "one\n");
    Files.createDirectories(work.resolve("sub/deep"));
    Files.writeString(work.resolve("sub/deep/b.txt"), "deep\n");
    Files.writeString(work.resolve("run.sh"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(
        work.resolve("run.sh"), PosixFilePermissions.fromString("rwxrwxr-x"));
    Files.createSymbolicLink(work.resolve("link"), Path.of("sub"));
    commit(work, "one");
    GitServer.git(work, "tag", "light");
    GitServer.git(work, "tag", "-a", "-m", "annotated", "v1");
    publish(work);
    database = Database.open(folder.resolve("meta.db"));
    refs =
        RefStore.open(
            Files.createDirectory(folder.resolve("store")),
            OverlaySnapshotter.open(folder.resolve("snapshots")),
            (_, _, _, _) -> {
              throw new IOException("nothing is unpacked here");
            },
            database,
            Clock.systemUTC());
    var settings = new RegistryClient.Settings(RegistryHosts.standard(), "test", 4, Map.of());
    client = new RegistryClient(settings, _ -> {}, Clock.systemUTC());
    var blobs = new BlobOrigin(client, sessions, SessionCredentials.Salt.random());
    source = new GitSource(sessions, refs, blobs, System.getenv(), scratch, Clock.systemUTC());
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
    if (database != null) {
      client.close();
      database.close();
    }
    sessions.close();
  }

  Path repository(String name) throws Exception {
    var made = Files.createDirectory(folder.resolve(name));
    GitServer.git(made, "init", "-q", "-b", "main");
    return made;
  }

  static String commit(Path repository, String message) throws Exception {
    GitServer.git(repository, "add", "-A");
    GitServer.git(repository, "commit", "-q", "-m", message);
    return GitServer.git(repository, "rev-parse", "HEAD");
  }

  /** Puts a repository's state on the server, under its own name. */
  void publish(Path repository) throws Exception {
    var target = folder.resolve("served").resolve(repository.getFileName() + ".git");
    if (!Files.exists(target)) {
      GitServer.git(folder, "init", "-q", "--bare", "-b", "main", target.toString());
    }
    GitServer.git(repository, "push", "-q", "--mirror", target.toString());
  }

  Source.Instance open(String place, Map<String, String> attributes) {
    var all = new HashMap<>(attributes);
    all.putIfAbsent("git.fullurl", server.url("work.git"));
    var identifier = server.host() + "/work.git" + place;
    return source.open(new Source.Request("git", identifier, all, Platform.host()));
  }

  final OpContext<Job> context =
      new OpContext<>() {
        @Override
        public List<Job> participants() {
          return List.of();
        }

        @Override
        public VertexReport report() {
          return new VertexReport() {
            @Override
            public void log(int stream, byte[] data) {
              log.add(new String(data, StandardCharsets.UTF_8));
            }

            @Override
            public void status(Status status) {}
          };
        }
      };

  /** Files by path, with their text or where they lead. */
  Map<String, String> files(String place, Map<String, String> attributes) throws Exception {
    var found = new TreeMap<String, String>();
    try (var ref = open(place, attributes).fetch(context).orElseThrow();
        var mounted = ref.mount();
        var all = Files.walk(mounted.path())) {
      for (var path : all.toList()) {
        var name = mounted.path().relativize(path).toString();
        if (Files.isSymbolicLink(path)) {
          found.put(name, "-> " + Files.readSymbolicLink(path));
        } else if (Files.isRegularFile(path)) {
          found.put(name, Files.readString(path, StandardCharsets.ISO_8859_1));
        }
      }
    }
    return found;
  }

  static final Map<String, String> ALL =
      Map.of(
          "a.txt", "one\n", "sub/deep/b.txt", "deep\n", "run.sh", "#!/bin/sh\n", "link", "-> sub");
}
