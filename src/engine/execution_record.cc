#include "engine/execution_record.h"

#include <algorithm>
#include <array>
#include <bit>

#include "engine/text.h"

namespace doorbuster::engine {
namespace {

constexpr std::array<const char*, 5> kStatuses = {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT",
                                                  "ABORTED"};

void put_time(Encoder& out, cloud::Time time) {
  out.varint(static_cast<std::uint64_t>(to_ms(time)));
}
cloud::Time get_time(Decoder& in) {
  return from_ms(static_cast<std::int64_t>(in.varint()));
}

void put_task(Encoder& out, const std::optional<TaskRef>& task) {
  const TaskRef ref = task.value_or(TaskRef{});
  out.varint(ref.execution).varint(ref.task);
}
std::optional<TaskRef> get_task(Decoder& in) {
  const TaskRef ref{in.varint(), in.varint()};
  return ref.execution == 0 ? std::nullopt : std::optional(ref);
}

std::string run_prefix(std::uint64_t execution) {
  return Encoder().raw("j").u64(execution).bytes();
}

MapRun get_run(Decoder in) {
  MapRun run;
  run.number = in.varint();
  run.started = get_time(in);
  run.stopped = get_time(in);
  auto& [arn, status, limits, children, items, express] = run.state;
  arn = in.text();
  status = static_cast<states::Status>(in.byte());
  limits.concurrency_max = static_cast<std::int64_t>(in.varint());
  limits.failures_max = static_cast<std::int64_t>(in.varint());
  limits.failures_percentage_max = std::bit_cast<double>(in.u64());
  children = in.varint();
  items = in.varint();
  run.redrives = in.varint();
  run.redriven = get_time(in);
  run.first = in.varint();
  express = in.byte() != 0;
  return run;
}

// What has become of it is read first: if it is forgotten in between, there is nothing of it, and
// not one that seems to run. `Source` is the store, or a snapshot of it.
template <typename Source>
std::optional<ExecutionRecord> read(const Source& store, std::uint64_t execution) {
  std::string beginning;
  std::string course;
  store.get(Family::state, course_key(execution), &course);
  if (!store.get(Family::state, beginning_key(execution), &beginning)) return std::nullopt;
  auto record = ExecutionRecord::decode(execution, beginning, course);
  if (!record.has_map_runs) return record;
  store.scan(Family::state, run_prefix(execution), run_prefix(execution + 1),
             [&](std::string_view, std::string_view run) {
               record.map_runs.push_back(get_run(Decoder(run)));
               return true;
             });
  return record;
}

}  // namespace

const char* to_string(states::Status status) {
  return kStatuses.at(static_cast<std::size_t>(status));
}

std::optional<states::Status> status_of(std::string_view name) {
  const auto* const found = std::ranges::find(kStatuses, name);
  if (found == kStatuses.end()) return std::nullopt;
  return static_cast<states::Status>(found - kStatuses.begin());
}

std::string ExecutionRecord::encode_beginning() const {
  Encoder out;
  out.reserve(512 + input.size());
  out.text(arn).text(name).text(state_machine_arn).varint(machine).varint(revision);
  out.byte(express ? 1 : 0).text(input).text(trace_header);
  put_time(out, started);
  out.text(map_run_arn).varint(items).text(version_arn).text(alias_arn);
  put_task(out, task);
  return std::move(out).bytes();
}

std::string ExecutionRecord::encode_course() const {
  Encoder out;
  out.reserve(64 + output.size());
  out.byte(static_cast<std::uint8_t>(status));
  put_time(out, stopped);
  out.text(output).text(error).text(cause).varint(redrives);
  put_time(out, redriven);
  out.varint(events).varint(attempt).byte(map_runs.empty() ? 0 : 1);
  return std::move(out).bytes();
}

ExecutionRecord ExecutionRecord::decode(std::uint64_t number, std::string_view beginning,
                                        std::string_view course) {
  ExecutionRecord record;
  record.number = number;
  Decoder in(beginning);
  record.arn = in.text();
  record.name = in.text();
  record.state_machine_arn = in.text();
  record.machine = in.varint();
  record.revision = in.varint();
  record.express = in.byte() != 0;
  record.input = in.text();
  record.trace_header = in.text();
  record.started = get_time(in);
  record.map_run_arn = in.text();
  record.items = in.varint();
  record.version_arn = in.text();
  record.alias_arn = in.text();
  record.task = get_task(in);
  if (course.empty()) return record;
  in = Decoder(course);
  record.status = static_cast<states::Status>(in.byte());
  record.stopped = get_time(in);
  record.output = in.text();
  record.error = in.text();
  record.cause = in.text();
  record.redrives = in.varint();
  record.redriven = get_time(in);
  record.events = in.varint();
  record.attempt = in.varint();
  record.has_map_runs = in.byte() != 0;
  return record;
}

OpenTask* OpenExecution::find(states::TaskId task) {
  const auto it = tasks.find(task);
  return it == tasks.end() ? nullptr : &it->second;
}

void encode_open(Encoder& out, const ExecutionRecord& record, const OpenExecution& open) {
  out.varint(record.items).varint(record.attempt);
  out.varint(open.alarm ? static_cast<std::uint64_t>(to_ms(*open.alarm)) + 1 : 0);
  put_task(out, open.own_task);
  out.varint(open.tasks.size());
  for (const auto& [id, task] : open.tasks) {
    out.varint(id).byte(static_cast<std::uint8_t>(task.state));
    out.byte(static_cast<std::uint8_t>(task.kind)).text(task.activity_arn);
    if (task.is_execution()) out.varint(task.execution);
  }
}

OpenExecution decode_open(Decoder& in) {
  in.varint();  // items
  in.varint();  // and attempt, of the list
  OpenExecution open;
  open.stored = true;
  if (const auto alarm = in.varint(); alarm != 0) {
    open.alarm = from_ms(static_cast<std::int64_t>(alarm - 1));
  }
  open.own_task = get_task(in);
  for (auto tasks = in.varint(); tasks > 0; --tasks) {
    OpenTask& task = open.tasks[in.varint()];
    task.state = static_cast<OpenTask::State>(in.byte());
    task.kind = static_cast<OpenTask::Kind>(in.byte());
    task.activity_arn = in.text();
    if (task.is_execution()) task.execution = in.varint();
  }
  return open;
}

MapRun* find_run(ExecutionRecord& record, std::string_view arn) {
  // The last one is asked for most.
  const auto found = std::find_if(record.map_runs.rbegin(), record.map_runs.rend(),
                                  [&](const MapRun& run) { return run.state.arn == arn; });
  return found == record.map_runs.rend() ? nullptr : &*found;
}

std::string derived_name(const std::string& execution_arn, states::TaskId task) {
  const auto digest = md5(execution_arn + ' ' + std::to_string(task));
  Uuid id;
  std::ranges::copy(digest, id.begin());
  return str(id);
}

std::string map_run_key(const std::string& map_run_arn) {
  return Encoder().raw("g").raw(map_run_arn).bytes();
}
std::string run_key(std::uint64_t execution, const MapRun& run) {
  return Encoder().raw(run_prefix(execution)).u64(run.number).bytes();
}
std::string run_value(const MapRun& run) {
  Encoder out;
  out.varint(run.number);
  put_time(out, run.started);
  put_time(out, run.stopped);
  const auto& [arn, status, limits, children, items, express] = run.state;
  out.text(arn).byte(static_cast<std::uint8_t>(status));
  out.varint(static_cast<std::uint64_t>(limits.concurrency_max));
  out.varint(static_cast<std::uint64_t>(limits.failures_max));
  out.u64(std::bit_cast<std::uint64_t>(limits.failures_percentage_max));
  out.varint(children).varint(items).varint(run.redrives);
  put_time(out, run.redriven);
  out.varint(run.first).byte(express ? 1 : 0);
  return std::move(out).bytes();
}
std::string name_key(const std::string& execution_arn) {
  return Encoder().raw("n").raw(execution_arn).bytes();
}
std::string beginning_key(std::uint64_t execution) {
  return Encoder().raw("x").u64(execution).bytes();
}
std::string course_key(std::uint64_t execution) {
  return Encoder().raw("w").u64(execution).bytes();
}
std::string piece_prefix(std::uint64_t execution) {
  return Encoder().raw("y").u64(execution).bytes();
}
std::string open_key(const ExecutionRecord& record) {
  return list_key(record, states::Status::running);
}
std::string list_prefix(std::uint64_t machine, states::Status status) {
  if (status == states::Status::running) return Encoder().raw("o").u64(machine).bytes();
  return Encoder().raw("l").u64(machine).byte(static_cast<std::uint8_t>(status)).bytes();
}
std::string list_key(const ExecutionRecord& record, states::Status status) {
  return Encoder().raw(list_prefix(record.machine, status)).u64(~record.number).bytes();
}
std::string list_value(const ExecutionRecord& record) {
  return record.task ? Encoder().varint(record.items).varint(record.attempt).bytes() : "";
}
ListedChild listed_child(std::string_view list_value) {
  if (list_value.empty()) return {};
  Decoder in(list_value);
  return {in.varint(), in.varint()};
}
std::uint64_t number_in(std::string_view list_key) {
  return ~Decoder(list_key.substr(list_key.size() - sizeof(std::uint64_t))).u64();
}
std::string end_key(const ExecutionRecord& record) {
  return Encoder()
      .raw("z")
      .u64(static_cast<std::uint64_t>(to_ms(record.stopped)))
      .u64(record.number)
      .bytes();
}
std::string event_key(std::uint64_t execution, std::uint64_t event) {
  return Encoder().u64(execution).u64(event).bytes();
}

std::optional<ExecutionRecord> read_record(const Store& store, std::uint64_t execution) {
  return read(store, execution);
}

std::optional<ExecutionRecord> read_record(const Store::Snapshot& store, std::uint64_t execution) {
  return read(store, execution);
}

std::uint64_t last_event(const Store& store, std::uint64_t execution) {
  std::uint64_t last = 0;
  store.scan_back(Family::history, event_key(execution, 0), event_key(execution + 1, 0),
                  [&last](std::string_view key, std::string_view) {
                    last = Decoder(key.substr(sizeof(std::uint64_t))).u64();
                    return false;
                  });
  return last;
}

std::optional<std::uint64_t> find_execution(const Store& store, const std::string& arn) {
  std::string number;
  if (!store.get(Family::state, name_key(arn), &number)) return std::nullopt;
  return Decoder(number).u64();
}

}  // namespace doorbuster::engine
