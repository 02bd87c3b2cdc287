#include "engine/map_run_queries.h"

#include <algorithm>
#include <array>
#include <functional>

#include "engine/codec.h"
#include "engine/execution_queries.h"
#include "engine/state_machine_rules.h"

namespace doorbuster::engine {
namespace {

using states::Status;

constexpr std::array kStatuses = {Status::running, Status::succeeded, Status::failed,
                                  Status::timed_out, Status::aborted};

struct FoundRun {
  ExecutionRecord parent;
  MapRun run;
};

FoundRun find(const Store& store, const std::string& map_run_arn) {
  auto parent = read_record(store, map_run_parent(store, map_run_arn));
  const MapRun* run = parent ? find_run(*parent, map_run_arn) : nullptr;
  if (!run) throw no_such_map_run(map_run_arn);
  MapRun found = *run;
  return {std::move(*parent), std::move(found)};
}

// Visits those in that status, the newest first, by their numbers.
void for_each_child(const Store::Snapshot& store, const MapRun& run, Status status,
                    const std::function<void(std::uint64_t, const ListedChild&)>& visit) {
  const std::string prefix = list_prefix(run.number, status);
  store.scan(Family::state, prefix, after_prefix(prefix),
             [&](std::string_view key, std::string_view value) {
               const std::uint64_t number = number_in(key);
               if (status != Status::succeeded && number < run.first) return false;
               visit(number, listed_child(value));
               return true;
             });
}

// The label in arn:aws:states:REGION:ACCOUNT:mapRun:MACHINE/LABEL:UUID.
std::string label_of(const std::string& map_run_arn) {
  const auto from = map_run_arn.rfind('/') + 1;
  return map_run_arn.substr(from, map_run_arn.rfind(':') - from);
}

// A standard child that has not succeeded, and will be redriven: the run's redrive has not come to
// it yet.
bool waits_for_redrive(const MapRun& run, Status status, const ListedChild& child) {
  const bool has_failed = status != Status::running && status != Status::succeeded;
  return has_failed && !run.state.express && child.attempt < run.redrives;
}

// What AWS calls executionCounts and itemCounts. `total` are all that there are to be.
struct Counts {
  std::map<Status, std::int64_t> by_status;
  std::int64_t total = 0;

  cloud::MapRunCounts told(const MapRun& run) {
    cloud::MapRunCounts counts;
    counts.running = by_status[Status::running];
    counts.succeeded = by_status[Status::succeeded];
    counts.failed = by_status[Status::failed];
    counts.timedOut = by_status[Status::timed_out];
    counts.aborted = by_status[Status::aborted];
    counts.total = total;
    const std::int64_t ended = counts.succeeded + counts.failed + counts.timedOut + counts.aborted;
    const std::int64_t waiting = std::max<std::int64_t>(0, total - ended - counts.running);
    (run.redrives == 0 ? counts.pending : counts.pendingRedrive) = waiting;
    if (run.state.status == Status::succeeded) counts.resultsWritten = ended;
    return counts;
  }
};

}  // namespace

cloud::Error no_such_map_run(const std::string& map_run_arn) {
  return {"ResourceNotFound", "Resource not found: '" + map_run_arn + "'"};
}

std::uint64_t map_run_parent(const Store& store, const std::string& map_run_arn) {
  std::string number;
  if (store.get(Family::state, map_run_key(map_run_arn), &number)) return Decoder(number).u64();
  throw no_such_map_run(map_run_arn);
}

std::uint64_t map_run_number(const Store& store, const std::string& map_run_arn) {
  return find(store, map_run_arn).run.number;
}

cloud::ListMapRunsOutput list_map_runs(const Store& store, const cloud::ListMapRunsInput& request) {
  const auto record = record_of(store, request.executionArn);
  const std::size_t max = page_size(request.maxResults);
  const std::uint64_t from = place_of(request.nextToken);
  cloud::ListMapRunsOutput page;
  for (std::uint64_t i = from; i < record.map_runs.size(); ++i) {
    if (page.mapRuns.size() == max) {
      page.nextToken = to_token(Encoder().u64(i - 1).bytes());
      break;
    }
    const MapRun& run = record.map_runs[i];
    page.mapRuns.push_back({record.arn, run.state.arn,
                            record.state_machine_arn + '/' + label_of(run.state.arn), run.started,
                            run.stopped});
  }
  return page;
}

cloud::DescribeMapRunOutput describe_map_run(const Store& store, const std::string& map_run_arn) {
  const auto [parent, run] = find(store, map_run_arn);
  Counts executions{{}, static_cast<std::int64_t>(run.state.children)};
  Counts items{{}, static_cast<std::int64_t>(run.state.items)};
  const Store::Snapshot now = store.snapshot();  // in which each child has one status
  for (const Status status : kStatuses) {
    for_each_child(now, run, status, [&](std::uint64_t, const ListedChild& child) {
      if (waits_for_redrive(run, status, child)) return;
      ++executions.by_status[status];
      items.by_status[status] += static_cast<std::int64_t>(child.items);
    });
  }
  cloud::DescribeMapRunOutput result;
  result.mapRunArn = run.state.arn;
  result.executionArn = parent.arn;
  result.status = to_string(run.state.status);
  result.startDate = run.started;
  result.stopDate = run.stopped;
  result.maxConcurrency = run.state.limits.concurrency_max;
  result.toleratedFailureCount = run.state.limits.failures_max;
  result.toleratedFailurePercentage = run.state.limits.failures_percentage_max;
  result.itemCounts = items.told(run);
  result.executionCounts = executions.told(run);
  result.redriveCount = static_cast<int>(run.redrives);
  result.redriveDate = run.redriven;
  return result;
}

std::map<Status, std::vector<std::uint64_t>> children_of(const Store& store,
                                                         const std::string& map_run_arn) {
  const MapRun run = find(store, map_run_arn).run;
  const Store::Snapshot now = store.snapshot();
  std::map<Status, std::vector<std::uint64_t>> children;
  for (const Status status : kStatuses) {
    auto& all = children[status];
    for_each_child(now, run, status,
                   [&](std::uint64_t number, const ListedChild&) { all.push_back(number); });
    std::ranges::reverse(all);
  }
  return children;
}

}  // namespace doorbuster::engine
