// The bytes of objects, in chunks.
//
// What takes a Turn belongs to the writer's thread; the rest may be called from any.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cloud/byte_stream.h"
#include "engine/conditions.h"
#include "engine/object_record.h"
#include "engine/turn.h"

namespace doorbuster::engine {

class Bodies {
 public:
  // All chunks of a body have this size, but for the last, which may be smaller.
  static constexpr std::size_t kChunk = 1 << 20;  // bytes

  // Removes what was being uploaded when the process ended.
  void open(Store& store);

  // A number that nothing was given before: it grows.
  std::uint64_t next(Turn& turn);

  // A body of one chunk at the most.
  Piece write(Turn& turn, std::string_view bytes);

  // A body that is written ahead of what will refer to it, chunk by chunk from 0. It is gone after
  // a restart unless it has been kept.
  std::uint64_t begin(Turn& turn);
  void append(Turn& turn, std::uint64_t body, std::uint32_t chunk, std::string_view bytes);
  void keep(Turn& turn, std::uint64_t body);
  void discard(Turn& turn, std::uint64_t body);

  void remove(Turn& turn, const Piece& piece);

 private:
  std::uint64_t next_ = 0;
  std::uint64_t reserved_ = 0;
};

// That part of the pieces' bytes, which must not end before it does. Nothing if a chunk is gone.
std::optional<std::string> read_pieces(const Store& store, Pieces pieces, ByteRange range);
std::optional<std::string> read_pieces(const Store::Snapshot& store, Pieces pieces,
                                       ByteRange range);

// The same, a chunk at a time.
std::shared_ptr<cloud::ByteStream> stream_pieces(std::shared_ptr<const Store::Snapshot> snapshot,
                                                 Pieces pieces, ByteRange range);

}  // namespace doorbuster::engine
