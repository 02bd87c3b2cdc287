#include "engine/bodies.h"

#include <algorithm>
#include <vector>

#include "engine/codec.h"

namespace doorbuster::engine {
namespace {

constexpr std::uint64_t kReserved = 1'000'000;  // identifiers taken with one write
constexpr std::string_view kNextKey = "b";

std::string chunk_key(std::uint64_t body, std::uint64_t chunk) {
  return Encoder().u64(body).u32(static_cast<std::uint32_t>(chunk)).bytes();
}
std::string uploading_key(std::uint64_t body) {
  return Encoder().raw("u").u64(body).bytes();
}
void remove_chunks(Batch& batch, std::uint64_t body) {
  batch.remove_range(Family::bodies, chunk_key(body, 0), chunk_key(body + 1, 0));
}

// Where a reader of some pieces is.
class Cursor {
 public:
  Cursor(Pieces pieces, ByteRange range)
      : pieces_(std::move(pieces)), offset_(range.first), left_(range.size) {}

  std::uint64_t left() const { return left_; }

  // What is next of one chunk; false if the chunk is not there.
  template <class Source>
  bool next(const Source& source, std::string* bytes) {
    while (offset_ >= pieces_.at(piece_).size) offset_ -= pieces_[piece_++].size;
    const std::string key = chunk_key(pieces_[piece_].body, offset_ / Bodies::kChunk);
    if (!source.get(Family::bodies, key, bytes)) return false;
    const std::uint64_t skipped = offset_ % Bodies::kChunk;
    if (skipped >= bytes->size()) throw CorruptRecord();
    if (skipped > 0) bytes->erase(0, skipped);
    if (bytes->size() > left_) bytes->resize(left_);
    offset_ += bytes->size();
    left_ -= bytes->size();
    return true;
  }

 private:
  Pieces pieces_;
  std::size_t piece_ = 0;
  std::uint64_t offset_;  // in the piece, or behind it
  std::uint64_t left_;
};

class PieceStream final : public cloud::ByteStream {
 public:
  PieceStream(std::shared_ptr<const Store::Snapshot> snapshot, Cursor cursor)
      : snapshot_(std::move(snapshot)), cursor_(std::move(cursor)) {}

  cloud::Async<std::string> read() override {
    std::string bytes;
    if (cursor_.left() == 0) co_return bytes;
    try {
      if (cursor_.next(*snapshot_, &bytes)) co_return bytes;
    } catch (const StoreError& e) {
      throw cloud::Error("ServiceUnavailable", e.what(), 503);
    }
    throw cloud::Error("InternalError", "A part of the object's body can't be read", 500);
  }

 private:
  std::shared_ptr<const Store::Snapshot> snapshot_;
  Cursor cursor_;
};

}  // namespace

void Bodies::open(Store& store) {
  std::string bytes;
  if (store.get(Family::state, kNextKey, &bytes)) next_ = Decoder(bytes).u64();
  reserved_ = next_;
  Batch batch = store.batch();
  store.scan(Family::state, "u", "v", [&batch](std::string_view key, std::string_view) {
    remove_chunks(batch, Decoder(key.substr(1)).u64());
    batch.remove_written_once(Family::state, key);
    return true;
  });
  if (!batch.empty()) store.write(batch);
}

std::uint64_t Bodies::next(Turn& turn) {
  if (next_ == reserved_) {
    reserved_ += kReserved;
    turn.batch.put(Family::state, kNextKey, Encoder().u64(reserved_).bytes());
  }
  return next_++;
}

Piece Bodies::write(Turn& turn, std::string_view bytes) {
  const Piece piece{next(turn), bytes.size()};
  if (!bytes.empty()) turn.batch.put(Family::bodies, chunk_key(piece.body, 0), bytes);
  return piece;
}

std::uint64_t Bodies::begin(Turn& turn) {
  const std::uint64_t body = next(turn);
  turn.batch.put(Family::state, uploading_key(body), "");
  return body;
}

void Bodies::append(Turn& turn, std::uint64_t body, std::uint32_t chunk, std::string_view bytes) {
  turn.batch.put(Family::bodies, chunk_key(body, chunk), bytes);
}

void Bodies::keep(Turn& turn, std::uint64_t body) {
  turn.batch.remove_written_once(Family::state, uploading_key(body));
}

void Bodies::discard(Turn& turn, std::uint64_t body) {
  remove_chunks(turn.batch, body);
  keep(turn, body);
}

void Bodies::remove(Turn& turn, const Piece& piece) {
  if (piece.size > kChunk) {
    remove_chunks(turn.batch, piece.body);
  } else if (piece.size > 0) {
    turn.batch.remove_written_once(Family::bodies, chunk_key(piece.body, 0));
  }
}

namespace {

template <class Source>
std::optional<std::string> read_all(const Source& source, Pieces pieces, ByteRange range) {
  Cursor cursor(std::move(pieces), range);
  std::string all;
  std::string chunk;
  while (cursor.left() > 0) {
    if (!cursor.next(source, &chunk)) return std::nullopt;
    if (all.empty()) {
      all.swap(chunk);
    } else {
      all += chunk;
    }
  }
  return all;
}

}  // namespace

std::optional<std::string> read_pieces(const Store& store, Pieces pieces, ByteRange range) {
  return read_all(store, std::move(pieces), range);
}
std::optional<std::string> read_pieces(const Store::Snapshot& store, Pieces pieces,
                                       ByteRange range) {
  return read_all(store, std::move(pieces), range);
}

std::shared_ptr<cloud::ByteStream> stream_pieces(std::shared_ptr<const Store::Snapshot> snapshot,
                                                 Pieces pieces, ByteRange range) {
  return std::make_shared<PieceStream>(std::move(snapshot), Cursor(std::move(pieces), range));
}

}  // namespace doorbuster::engine
