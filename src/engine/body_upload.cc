#include "engine/body_upload.h"

#include <utility>

#include "cloud/error.h"

namespace doorbuster::engine {
namespace {

cloud::Error too_large() {
  return {"EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"};
}

// Gives a body's bytes in chunks of the store's size, whatever pieces they come in.
class Rechunker {
 public:
  explicit Rechunker(cloud::Body body)
      : rest_(std::move(body.rest)), gathered_(std::move(body.bytes)) {}

  // Whether a chunk is full and something follows it, once enough has been read to tell.
  cloud::Async<bool> more() {
    while (rest_ && left() <= Bodies::kChunk) {
      const std::string piece = co_await rest_->read();
      if (piece.empty()) rest_.reset();
      gathered_ += piece;
    }
    co_return left() > Bodies::kChunk;
  }
  std::string take() {
    std::string chunk = gathered_.substr(taken_, Bodies::kChunk);
    taken_ += chunk.size();
    if (rest_ || left() == 0) {
      gathered_.erase(0, taken_);
      taken_ = 0;
    }
    return chunk;
  }

 private:
  std::size_t left() const { return gathered_.size() - taken_; }

  std::shared_ptr<cloud::ByteStream> rest_;
  std::string gathered_;
  std::size_t taken_ = 0;
};

cloud::Async<void> append(Engine& engine, std::uint64_t body, std::uint32_t index,
                          std::string chunk) {
  auto op = [body, index, chunk = std::move(chunk)](Machine& m, Turn& turn) {
    m.bodies.append(turn, body, index, chunk);
  };
  co_await engine.call<Done>(std::move(op));
}

cloud::Async<void> write_ahead(Engine& engine, Rechunker source, std::uint64_t bytes_max,
                               UploadedBody* to) {
  Md5Stream digest;
  bool more = true;
  for (std::uint32_t index = 0; more; ++index) {
    more = co_await source.more();
    std::string chunk = source.take();
    to->size += chunk.size();
    if (to->size > bytes_max) throw too_large();
    digest.add(chunk);
    co_await append(engine, *to->written, index, std::move(chunk));
  }
  to->digest = digest.finish();
}

}  // namespace

Piece keep(Machine& machine, Turn& turn, const UploadedBody& body) {
  if (!body.written) return machine.bodies.write(turn, body.bytes);
  machine.bodies.keep(turn, *body.written);
  return {*body.written, body.size};
}

cloud::Async<UploadedBody> upload(Engine& engine, cloud::Body body, std::uint64_t bytes_max) {
  UploadedBody result;
  Rechunker source(std::move(body));
  const bool large = co_await source.more();
  if (!large) {
    result.bytes = source.take();
    result.size = result.bytes.size();
    if (result.size > bytes_max) throw too_large();
    result.digest = md5(result.bytes);
    co_return result;
  }
  auto begin = [](Machine& m, Turn& turn) { return m.bodies.begin(turn); };
  const std::uint64_t number = co_await engine.call<std::uint64_t>(std::move(begin));
  result.written = number;
  std::exception_ptr failure;
  try {
    co_await write_ahead(engine, std::move(source), bytes_max, &result);
    co_return result;
  } catch (...) {
    failure = std::current_exception();
  }
  auto undo = [number](Machine& m, Turn& turn) { m.bodies.discard(turn, number); };
  co_await engine.call<Done>(std::move(undo));
  std::rethrow_exception(failure);
}

}  // namespace doorbuster::engine
