#include "engine/execution_retention.h"

#include "engine/codec.h"
#include "engine/executions.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

constexpr std::chrono::days kRedrivable{14};
constexpr std::uint64_t kRedrivesMax = 1'000;

// Events that one turn forgets, about: an execution is forgotten as a whole.
constexpr std::uint64_t kForgottenAtOnce = 5'000;

}  // namespace

cloud::Time end_of_retention(std::string_view end_key) {
  return from_ms(static_cast<std::int64_t>(Decoder(end_key.substr(1)).u64())) + kRetention;
}

void erase_pieces(Turn& turn, std::uint64_t execution) {
  const std::string prefix = piece_prefix(execution);
  turn.store.scan(Family::state, prefix, after_prefix(prefix),
                  [&turn](std::string_view piece, std::string_view) {
                    turn.batch.remove(Family::state, piece);
                    return true;
                  });
}

std::string not_redrivable(const ExecutionRecord& record, cloud::Time now) {
  if (record.express && !record.task) return "Execution is EXPRESS and cannot be redriven";
  if (record.status == states::Status::running) {
    return "Execution is RUNNING and cannot be redriven";
  }
  if (record.status == states::Status::succeeded) {
    return "Execution is SUCCEEDED and cannot be redriven";
  }
  if (record.stopped + kRedrivable < now) {
    return "Execution start date is outside of redrivable period";
  }
  if (record.redrives >= kRedrivesMax) return "Execution redrive limit has been reached";
  if (record.events >= static_cast<std::uint64_t>(states::kHistoryMax) - 1) {
    return "Execution history event limit has been reached";
  }
  return {};
}

void Executions::forget(Turn& turn, const ExecutionRecord& record) {
  const std::uint64_t number = record.number;
  turn.batch.remove(Family::state, name_key(record.arn));
  turn.batch.remove_written_once(Family::state, beginning_key(number));
  for (const auto& run : record.map_runs) {
    turn.batch.remove(Family::state, map_run_key(run.state.arn));
    turn.batch.remove(Family::state, run_key(number, run));
  }
  live_.drop(number);
  if (record.kept()) {
    turn.batch.remove(Family::state, course_key(number));
    turn.batch.remove(Family::state, list_key(record, record.status));
    turn.batch.remove(Family::state, end_key(record));
  }
  turn.store.scan(Family::history, event_key(number, 0), event_key(number + 1, 0),
                  [&turn](std::string_view key, std::string_view) {
                    turn.batch.remove_written_once(Family::history, key);
                    return true;
                  });
  machines_.release(turn, machines_.revision(record.revision));
}

void Executions::sweep(Turn& turn) {
  if (!next_sweep_ || *next_sweep_ > turn.now) return;
  next_sweep_.reset();
  std::uint64_t forgotten = 0;
  turn.store.scan(Family::state, "z", "{", [&](std::string_view key, std::string_view) {
    const cloud::Time due = end_of_retention(key);
    if (due > turn.now || forgotten >= kForgottenAtOnce) {
      next_sweep_ = due;
      return false;
    }
    Decoder in(key.substr(1 + sizeof(std::uint64_t)));
    const auto record = read_record(turn.store, in.u64());
    erase_pieces(turn, record->number);
    forget(turn, *record);
    forgotten += record->events + 1;
    return true;
  });
}

}  // namespace doorbuster::engine
