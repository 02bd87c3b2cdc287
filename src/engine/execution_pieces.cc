#include "engine/execution_pieces.h"

#include <utility>

#include "engine/codec.h"
#include "engine/execution_record.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kSharedBytesMax = 4'096;

}  // namespace

states::Execution::Pieces ExecutionPieces::read(const Store& store, std::uint64_t execution) {
  states::Execution::Pieces pieces;
  const std::string row = piece_prefix(execution);
  store.scan(Family::state, row, after_prefix(row),
             [&](std::string_view key, std::string_view value) {
               if (key.size() > row.size()) {
                 own_.emplace(key.substr(row.size()));
                 pieces.emplace_back(key.substr(row.size()), value);
                 return true;
               }
               has_row_ = true;
               for (Decoder in(value); !in.done();) {
                 const auto piece = in.text();
                 shared_.insert_or_assign(std::string(piece), in.text());
               }
               pieces.assign(shared_.begin(), shared_.end());
               return true;
             });
  return pieces;
}

void ExecutionPieces::write(Batch& batch, std::uint64_t execution,
                            states::Execution::Changes changes) {
  const std::string row = piece_prefix(execution);
  if (own_.empty()) return share(batch, row, std::move(changes));
  for (const auto& [key, bytes] : changes) {
    if (bytes) {
      batch.put(Family::state, row + key, *bytes);
      own_.insert(key);
    } else {
      batch.remove(Family::state, row + key);
      own_.erase(key);
    }
  }
}

void ExecutionPieces::share(Batch& batch, const std::string& row,
                            states::Execution::Changes changes) {
  for (auto& [key, bytes] : changes) {
    if (bytes) {
      shared_.insert_or_assign(std::move(key), std::move(*bytes));
    } else {
      shared_.erase(key);
    }
  }
  std::size_t size = 0;
  for (const auto& [key, bytes] : shared_) size += key.size() + bytes.size();
  if (size > kSharedBytesMax) return spread(batch, row);
  Encoder out;
  out.reserve(size + shared_.size() * 4);
  for (const auto& [key, bytes] : shared_) out.text(key).text(bytes);
  batch.put(Family::state, row, out.bytes());
  has_row_ = true;
}

void ExecutionPieces::spread(Batch& batch, const std::string& row) {
  if (std::exchange(has_row_, false)) batch.remove(Family::state, row);
  for (const auto& [key, bytes] : shared_) {
    batch.put(Family::state, row + key, bytes);
    own_.insert(key);
  }
  shared_.clear();
}

void ExecutionPieces::forget(Batch& batch, std::uint64_t execution) {
  const std::string row = piece_prefix(execution);
  if (std::exchange(has_row_, false)) batch.remove(Family::state, row);
  for (const auto& key : own_) batch.remove(Family::state, row + key);
  shared_.clear();
  own_.clear();
}

}  // namespace doorbuster::engine
