#include "engine/execution_record.h"

#include <algorithm>
#include <array>

#include "engine/codec.h"
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

}  // namespace

const char* to_string(states::Status status) {
  return kStatuses.at(static_cast<std::size_t>(status));
}

std::optional<states::Status> status_of(std::string_view name) {
  const auto* const found = std::ranges::find(kStatuses, name);
  if (found == kStatuses.end()) return std::nullopt;
  return static_cast<states::Status>(found - kStatuses.begin());
}

std::string ExecutionRecord::encode() const {
  Encoder out;
  out.reserve(512 + input.size() + output.size());
  out.text(arn).text(name).text(state_machine_arn).varint(machine).varint(revision);
  out.byte(express ? 1 : 0).text(input).text(trace_header);
  put_time(out, started);
  out.byte(static_cast<std::uint8_t>(status));
  put_time(out, stopped);
  out.text(output).text(error).text(cause).varint(redrives);
  put_time(out, redriven);
  out.varint(events).text(map_run_arn);
  put_task(out, task);
  for (const auto& run : map_runs) {
    out.varint(run.number).text(run.arn);
    put_time(out, run.started);
    put_time(out, run.stopped);
    out.byte(static_cast<std::uint8_t>(run.status));
  }
  return std::move(out).bytes();
}

ExecutionRecord ExecutionRecord::decode(std::uint64_t number, std::string_view bytes) {
  Decoder in(bytes);
  ExecutionRecord record;
  record.number = number;
  record.arn = in.text();
  record.name = in.text();
  record.state_machine_arn = in.text();
  record.machine = in.varint();
  record.revision = in.varint();
  record.express = in.byte() != 0;
  record.input = in.text();
  record.trace_header = in.text();
  record.started = get_time(in);
  record.status = static_cast<states::Status>(in.byte());
  record.stopped = get_time(in);
  record.output = in.text();
  record.error = in.text();
  record.cause = in.text();
  record.redrives = in.varint();
  record.redriven = get_time(in);
  record.events = in.varint();
  record.map_run_arn = in.text();
  record.task = get_task(in);
  while (!in.done()) {
    MapRun run;
    run.number = in.varint();
    run.arn = in.text();
    run.started = get_time(in);
    run.stopped = get_time(in);
    run.status = static_cast<states::Status>(in.byte());
    record.map_runs.push_back(std::move(run));
  }
  return record;
}

OpenTask* OpenExecution::find(states::TaskId task) {
  const auto it = tasks.find(task);
  return it == tasks.end() ? nullptr : &it->second;
}

std::string OpenExecution::encode() const {
  Encoder out;
  out.varint(alarm ? static_cast<std::uint64_t>(to_ms(*alarm)) + 1 : 0);
  put_task(out, own_task);
  for (const auto& [id, task] : tasks) {
    out.varint(id).byte(static_cast<std::uint8_t>(task.state));
    out.byte(static_cast<std::uint8_t>(task.kind)).text(task.activity_arn);
  }
  return std::move(out).bytes();
}

OpenExecution OpenExecution::decode(std::string_view bytes) {
  Decoder in(bytes);
  OpenExecution open;
  if (const auto alarm = in.varint(); alarm != 0) {
    open.alarm = from_ms(static_cast<std::int64_t>(alarm - 1));
  }
  open.own_task = get_task(in);
  while (!in.done()) {
    OpenTask& task = open.tasks[in.varint()];
    task.state = static_cast<OpenTask::State>(in.byte());
    task.kind = static_cast<OpenTask::Kind>(in.byte());
    task.activity_arn = in.text();
  }
  return open;
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
std::string name_key(const std::string& execution_arn) {
  return Encoder().raw("n").raw(execution_arn).bytes();
}
std::string record_key(std::uint64_t execution) {
  return Encoder().raw("x").u64(execution).bytes();
}
std::string piece_prefix(std::uint64_t execution) {
  return Encoder().raw("y").u64(execution).bytes();
}
std::string open_key(std::uint64_t execution) {
  return Encoder().raw("o").u64(execution).bytes();
}
std::string list_prefix(std::uint64_t machine, states::Status status) {
  return Encoder().raw("l").u64(machine).byte(static_cast<std::uint8_t>(status)).bytes();
}
std::string list_key(const ExecutionRecord& record, states::Status status) {
  return Encoder().raw(list_prefix(record.machine, status)).u64(~record.number).bytes();
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
  std::string bytes;
  if (!store.get(Family::state, record_key(execution), &bytes)) return std::nullopt;
  return ExecutionRecord::decode(execution, bytes);
}

std::optional<std::uint64_t> find_execution(const Store& store, const std::string& arn) {
  std::string number;
  if (!store.get(Family::state, name_key(arn), &number)) return std::nullopt;
  return Decoder(number).u64();
}

}  // namespace doorbuster::engine
