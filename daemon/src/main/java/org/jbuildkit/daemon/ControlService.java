package org.jbuildkit.daemon;

import io.grpc.stub.StreamObserver;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jbuildkit.base.BuildException;
import org.jbuildkit.base.ErrorCode;
import org.jbuildkit.base.filter.FieldFilter;
import org.jbuildkit.engine.history.BuildHistory;
import org.jbuildkit.engine.job.Jobs;
import org.jbuildkit.engine.progress.StatusMessages;
import org.jbuildkit.engine.progress.Timestamps;
import org.jbuildkit.protocol.control.BuildHistoryEvent;
import org.jbuildkit.protocol.control.BuildHistoryRequest;
import org.jbuildkit.protocol.control.BytesMessage;
import org.jbuildkit.protocol.control.ControlGrpc;
import org.jbuildkit.protocol.control.DiskUsageRequest;
import org.jbuildkit.protocol.control.DiskUsageResponse;
import org.jbuildkit.protocol.control.InfoRequest;
import org.jbuildkit.protocol.control.InfoResponse;
import org.jbuildkit.protocol.control.ListWorkersRequest;
import org.jbuildkit.protocol.control.ListWorkersResponse;
import org.jbuildkit.protocol.control.PruneRequest;
import org.jbuildkit.protocol.control.SolveRequest;
import org.jbuildkit.protocol.control.SolveResponse;
import org.jbuildkit.protocol.control.StatusRequest;
import org.jbuildkit.protocol.control.StatusResponse;
import org.jbuildkit.protocol.control.UpdateBuildHistoryRequest;
import org.jbuildkit.protocol.control.UpdateBuildHistoryResponse;
import org.jbuildkit.protocol.control.UsageRecord;
import org.jbuildkit.session.SessionRegistry;
import org.jbuildkit.session.stream.MessageStream;
import org.jbuildkit.store.PrunePolicy;
import org.jbuildkit.store.Pruner;
import org.jbuildkit.store.RefStore;
import org.jbuildkit.store.UsageFilter;

/** Answers {@code moby.buildkit.v1.Control}. */
final class ControlService extends ControlGrpc.ControlImplBase {
  private static final Duration STATUS_WAIT = Duration.ofSeconds(6);

  private final SolveFlow flow;
  private final Jobs jobs;
  private final SessionRegistry sessions;
  private final RefStore refs;
  private final Worker worker;
  private final Pruner pruner;
  private final Collector collector;
  private final BuildHistory history;

  ControlService(
      SolveFlow flow,
      Jobs jobs,
      SessionRegistry sessions,
      RefStore refs,
      Worker worker,
      Pruner pruner,
      Collector collector,
      BuildHistory history) {
    this.history = history;
    this.flow = flow;
    this.jobs = jobs;
    this.sessions = sessions;
    this.refs = refs;
    this.worker = worker;
    this.pruner = pruner;
    this.collector = collector;
  }

  @Override
  public void solve(SolveRequest request, StreamObserver<SolveResponse> out) {
    Calls.unary(
        out,
        () -> {
          try {
            return flow.run(request);
          } finally {
            collector.request();
            sessions.letOpen(request.getSession());
          }
        });
  }

  @Override
  public void status(StatusRequest request, StreamObserver<StatusResponse> out) {
    MessageStream.<StatusResponse, StatusRequest>serve(
        out,
        stream -> {
          if (history.replay(request.getRef(), stream::send)) {
            return;
          }
          var progress =
              jobs.awaitProgress(request.getRef(), STATUS_WAIT)
                  .orElseThrow(() ->
                      new BuildException(ErrorCode.NOT_FOUND, "no such job " + request.getRef()));
          var reader = progress.reader();
          for (var events = reader.await(); !events.isEmpty(); events = reader.await()) {
            for (var message : StatusMessages.pack(events)) {
              stream.send(message);
            }
          }
        });
  }

  @Override
  public void listenBuildHistory(
      BuildHistoryRequest request, StreamObserver<BuildHistoryEvent> out) {
    MessageStream.<BuildHistoryEvent, BuildHistoryRequest>serve(
        out, stream -> history.listen(request, stream::send));
  }

  @Override
  public void updateBuildHistory(
      UpdateBuildHistoryRequest request, StreamObserver<UpdateBuildHistoryResponse> out) {
    Calls.unary(
        out,
        () -> {
          if (request.getDelete()) {
            history.delete(request.getRef());
          } else if (request.getFinalize()) {
            history.settle(request.getRef());
          } else {
            history.pin(request.getRef(), request.getPinned());
          }
          return UpdateBuildHistoryResponse.getDefaultInstance();
        });
  }

  @Override
  public StreamObserver<BytesMessage> session(StreamObserver<BytesMessage> out) {
    return sessions.accept(out);
  }

  @Override
  public void info(InfoRequest request, StreamObserver<InfoResponse> out) {
    Calls.unary(
        out,
        () ->
            InfoResponse.newBuilder()
                .setBuildkitVersion(worker.fixed().getBuildkitVersion())
                .build());
  }

  @Override
  public void listWorkers(ListWorkersRequest request, StreamObserver<ListWorkersResponse> out) {
    Calls.unary(
        out,
        () -> {
          var filter = FieldFilter.parse(request.getFilterList());
          var response = ListWorkersResponse.newBuilder();
          if (filter.matches(this::workerField)) {
            response.addRecord(worker.current());
          }
          return response.build();
        });
  }

  private Optional<String> workerField(List<String> path) {
    return switch (path.getFirst()) {
      case "id" -> Optional.of(worker.id());
      case "labels" ->
          Optional.ofNullable(
              worker.fixed().getLabelsMap().get(String.join(".", path.subList(1, path.size()))));
      default -> Optional.empty();
    };
  }

  private static UsageFilter filter(String request, List<String> filter) {
    try {
      return UsageFilter.parse(filter);
    } catch (BuildException e) {
      throw e.within("failed to parse " + request + " filters " + filter);
    }
  }

  @Override
  public void diskUsage(DiskUsageRequest request, StreamObserver<DiskUsageResponse> out) {
    Calls.unary(
        out,
        () -> {
          var filter = filter("diskusage", request.getFilterList());
          var response = DiskUsageResponse.newBuilder();
          refs.usage().stream()
              .filter(filter::matches)
              .filter(usage -> isUnusedFor(usage, Duration.ofNanos(request.getAgeLimit())))
              .forEach(usage -> response.addRecord(record(usage)));
          return response.build();
        });
  }

  private static boolean isUnusedFor(org.jbuildkit.store.UsageRecord usage, Duration limit) {
    var newest = Clock.systemUTC().instant().minus(limit);
    return limit.isZero() || usage.lastUsedAt().filter(used -> used.isAfter(newest)).isEmpty();
  }

  private static UsageRecord record(org.jbuildkit.store.UsageRecord usage) {
    var record =
        UsageRecord.newBuilder()
            .setID(usage.id())
            .setMutable(usage.isMutable())
            .setInUse(usage.isInUse())
            .setSize(usage.size())
            .setCreatedAt(Timestamps.of(usage.createdAt()))
            .setUsageCount(usage.usageCount())
            .setDescription(usage.description())
            .setRecordType(usage.type().text())
            .addAllParents(usage.parents());
    usage.lastUsedAt().map(Timestamps::of).ifPresent(record::setLastUsedAt);
    return record.build();
  }

  /** Removes what the request allows; the stream tells of each removed record. */
  @Override
  public void prune(PruneRequest request, StreamObserver<UsageRecord> out) {
    Calls.stream(
        out,
        () -> {
          var policy =
              new PrunePolicy(
                  filter("prune", request.getFilterList()),
                  request.getAll(),
                  Duration.ofNanos(request.getKeepDuration()),
                  request.getReservedSpace(),
                  request.getMaxUsedSpace(),
                  request.getMinFreeSpace());
          pruner.prune(List.of(policy), usage -> out.onNext(pruned(usage)));
        });
  }

  /** As {@link #record}; a stream of removals leaves the type out. */
  private static UsageRecord pruned(org.jbuildkit.store.UsageRecord usage) {
    return record(usage).toBuilder().clearRecordType().build();
  }
}
