#include "engine/execution_queries.h"

#include <algorithm>
#include <limits>

#include "engine/codec.h"
#include "engine/execution_retention.h"
#include "engine/state_machine_rules.h"

namespace doorbuster::engine {
namespace {

constexpr std::string_view kStatusFilter = "statusFilter";
constexpr std::int64_t kBilledEvery_ms = 100;
constexpr std::int64_t kBilledMemory_MB = 64;

cloud::Error invalid_filter(std::string_view filter, const std::string& value,
                            std::string_view words) {
  return {"ValidationException", "1 validation error detected: Value '" + value + "' at '" +
                                     std::string(filter) +
                                     "' failed to satisfy constraint: Member must satisfy enum "
                                     "value set: [" +
                                     std::string(words) + "]"};
}

std::vector<states::Status> statuses(const std::string& filter) {
  using states::Status;
  if (filter.empty()) {
    return {Status::running, Status::succeeded, Status::failed, Status::timed_out, Status::aborted};
  }
  if (filter == "PENDING_REDRIVE") return {};
  const auto status = status_of(filter);
  if (!status) {
    throw invalid_filter(kStatusFilter, filter,
                         "SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING");
  }
  return {*status};
}

// A qualified ARN asks for what was started by it.
bool passes(const ExecutionRecord& record, const cloud::ListExecutionsInput& request) {
  const std::string& arn = request.stateMachineArn;
  const bool of_it = arn.empty() || arn == record.state_machine_arn || arn == record.version_arn ||
                     arn == record.alias_arn;
  if (!of_it || request.redriveFilter.empty()) return of_it;
  return (request.redriveFilter == "REDRIVEN") == (record.redrives > 0);
}

// The inverses of the numbers of executions in that status, ascending: the newest first.
void gather(const Store::Snapshot& store, const std::string& prefix, std::uint64_t from,
            std::size_t max, std::vector<std::uint64_t>& found) {
  std::size_t count = 0;
  store.scan(Family::state, Encoder().raw(prefix).u64(from).bytes(), after_prefix(prefix),
             [&](std::string_view key, std::string_view) {
               found.push_back(Decoder(key.substr(prefix.size())).u64());
               return ++count < max;
             });
}

cloud::ExecutionListItem item_of(const ExecutionRecord& record) {
  cloud::ExecutionListItem item;
  item.executionArn = record.arn;
  item.stateMachineArn = record.state_machine_arn;
  item.name = record.name;
  item.status = to_string(record.status);
  item.startDate = record.started;
  item.stopDate = record.stopped;
  item.mapRunArn = record.map_run_arn;
  if (record.task) item.itemCount = static_cast<std::int64_t>(record.items);
  item.stateMachineVersionArn = record.version_arn;
  item.stateMachineAliasArn = record.alias_arn;
  item.redriveCount = static_cast<int>(record.redrives);
  item.redriveDate = record.redriven;
  return item;
}

}  // namespace

std::uint64_t place_of(const std::string& token) {
  if (token.empty()) return 0;
  const std::string place = from_token(token);
  if (place.size() != sizeof(std::uint64_t)) {
    throw cloud::Error("InvalidToken", "Invalid Token: 'Invalid token'");
  }
  return Decoder(place).u64() + 1;
}

cloud::Error no_such_execution(const std::string& execution_arn) {
  return {"ExecutionDoesNotExist", "Execution Does Not Exist: '" + execution_arn + "'"};
}

ExecutionRecord record_of(const Store& store, const std::string& execution_arn) {
  const auto number = find_execution(store, execution_arn);
  auto record = number ? read_record(store, *number) : std::nullopt;
  if (record) return std::move(*record);
  throw no_such_execution(execution_arn);
}

cloud::DescribeExecutionOutput describe(const ExecutionRecord& record, bool with_data,
                                        cloud::Time now) {
  cloud::DescribeExecutionOutput result;
  result.executionArn = record.arn;
  result.stateMachineArn = record.state_machine_arn;
  result.name = record.name;
  result.status = to_string(record.status);
  result.startDate = record.started;
  result.stopDate = record.stopped;
  if (with_data) {
    result.input = record.input;
    result.inputDetails.emplace();
    result.output = record.output;
    if (!record.output.empty()) result.outputDetails.emplace();
    result.cause = record.cause;
    result.error = record.error;
  }
  result.traceHeader = record.trace_header;
  result.mapRunArn = record.map_run_arn;
  result.stateMachineVersionArn = record.version_arn;
  result.stateMachineAliasArn = record.alias_arn;
  result.redriveCount = static_cast<int>(record.redrives);
  result.redriveDate = record.redriven;
  result.redriveStatusReason = not_redrivable(record, now);
  if (!result.redriveStatusReason.empty()) {
    result.redriveStatus = "NOT_REDRIVABLE";
  } else {
    result.redriveStatus = record.task ? "REDRIVABLE_BY_MAP_RUN" : "REDRIVABLE";
  }
  return result;
}

cloud::StartSyncExecutionOutput sync_outcome(const ExecutionRecord& record, bool with_data) {
  cloud::StartSyncExecutionOutput result;
  result.executionArn = record.arn;
  result.stateMachineArn = record.state_machine_arn;
  result.name = record.name;
  result.startDate = record.started;
  result.stopDate = record.stopped;
  result.status = record.status == states::Status::aborted ? "FAILED" : to_string(record.status);
  if (with_data) {
    result.error = record.error;
    result.cause = record.cause;
    result.input = record.input;
    result.inputDetails.emplace();
    result.output = record.output;
    if (!record.output.empty()) result.outputDetails.emplace();
  }
  result.traceHeader = record.trace_header;
  const std::int64_t duration_ms = (record.stopped - record.started).count();
  const std::int64_t begun = (duration_ms + kBilledEvery_ms - 1) / kBilledEvery_ms;
  result.billingDetails = {kBilledMemory_MB, std::max<std::int64_t>(begun, 1) * kBilledEvery_ms};
  return result;
}

cloud::ListExecutionsOutput list_executions(const Store::Snapshot& store, std::uint64_t machine,
                                            const cloud::ListExecutionsInput& request) {
  const std::string& redrive = request.redriveFilter;
  if (!redrive.empty() && redrive != "REDRIVEN" && redrive != "NOT_REDRIVEN") {
    throw invalid_filter("redriveFilter", redrive, "NOT_REDRIVEN, REDRIVEN");
  }
  const std::size_t max = page_size(request.maxResults);
  const std::uint64_t from = place_of(request.nextToken);
  std::vector<std::uint64_t> found;
  for (const auto status : statuses(request.statusFilter)) {
    gather(store, list_prefix(machine, status), from, max + 1, found);
  }
  std::ranges::sort(found);
  cloud::ListExecutionsOutput page;
  for (std::size_t i = 0; i < std::min(max, found.size()); ++i) {
    const auto record = read_record(store, ~found[i]);
    if (record && passes(*record, request)) page.executions.push_back(item_of(*record));
  }
  if (found.size() > max) page.nextToken = to_token(Encoder().u64(found[max - 1]).bytes());
  return page;
}

}  // namespace doorbuster::engine
