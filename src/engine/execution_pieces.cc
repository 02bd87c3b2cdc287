#include "engine/execution_pieces.h"

#include <utility>

#include "engine/execution_record.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kSharedBytesMax = 4'096;

void decode(Decoder& in, std::map<std::string, std::string>& pieces) {
  while (!in.done()) {
    const auto piece = in.text();
    pieces.insert_or_assign(std::string(piece), in.text());
  }
}

}  // namespace

states::Execution::Pieces ExecutionPieces::read(const Store& store, std::uint64_t execution,
                                                Decoder& small) {
  states::Execution::Pieces pieces;
  decode(small, shared_);
  const std::string prefix = piece_prefix(execution);
  store.scan(Family::state, prefix, after_prefix(prefix),
             [&](std::string_view key, std::string_view value) {
               if (key.size() == prefix.size()) {
                 kept_ = true;
                 Decoder in(value);
                 decode(in, shared_);
               } else {
                 set_own(std::string(key.substr(prefix.size())), value.size());
                 pieces.emplace_back(key.substr(prefix.size()), value);
               }
               return true;
             });
  pieces.insert(pieces.end(), shared_.begin(), shared_.end());
  return pieces;
}

void ExecutionPieces::write(Batch& batch, std::uint64_t execution,
                            states::Execution::Changes changes) {
  const std::string prefix = piece_prefix(execution);
  if (own_.empty()) {
    share(std::move(changes));
    std::size_t size = 0;
    for (const auto& [key, bytes] : shared_) size += key.size() + bytes.size();
    if (size > kSharedBytesMax) spread(batch, prefix);
    return;
  }
  for (const auto& [key, bytes] : changes) {
    if (bytes) {
      batch.put(Family::state, prefix + key, *bytes);
      set_own(key, bytes->size());
    } else {
      batch.remove(Family::state, prefix + key);
      set_own(key, 0);
    }
  }
}

// Without bytes, it is gone: an empty piece is none.
void ExecutionPieces::set_own(const std::string& key, std::size_t bytes) {
  std::size_t& known = own_[key];
  own_bytes_ += bytes - known;
  known = bytes;
  if (bytes == 0) own_.erase(key);
}

void ExecutionPieces::share(states::Execution::Changes changes) {
  for (auto& [key, bytes] : changes) {
    if (bytes) {
      shared_.insert_or_assign(std::move(key), std::move(*bytes));
    } else {
      shared_.erase(key);
    }
  }
}

void ExecutionPieces::spread(Batch& batch, const std::string& prefix) {
  for (const auto& [key, bytes] : shared_) {
    batch.put(Family::state, prefix + key, bytes);
    set_own(key, bytes.size());
  }
  shared_.clear();
}

void ExecutionPieces::encode(Encoder& out) const {
  for (const auto& [key, bytes] : shared_) out.text(key).text(bytes);
}

void ExecutionPieces::keep(Batch& batch, std::uint64_t execution) {
  if (shared_.empty()) return;
  Encoder row;
  encode(row);
  batch.put(Family::state, piece_prefix(execution), row.bytes());
  kept_ = true;
}

void ExecutionPieces::redrive(Batch& batch, std::uint64_t execution) {
  if (std::exchange(kept_, false)) batch.remove(Family::state, piece_prefix(execution));
}

void ExecutionPieces::forget(Batch& batch, std::uint64_t execution) {
  redrive(batch, execution);
  const std::string prefix = piece_prefix(execution);
  for (const auto& [key, bytes] : own_) batch.remove(Family::state, prefix + key);
  shared_.clear();
  own_.clear();
  own_bytes_ = 0;
}

}  // namespace doorbuster::engine
