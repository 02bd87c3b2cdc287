// How a body gets from a request into the store.
#pragma once

#include <optional>
#include <string>

#include "cloud/byte_stream.h"
#include "engine/engine.h"
#include "engine/text.h"

namespace doorbuster::engine {

// A body that has been read to its end: in memory if it has a chunk at the most, else written ahead
// into the store, under a number.
struct UploadedBody {
  std::string bytes;
  std::optional<std::uint64_t> written;
  std::uint64_t size = 0;  // bytes
  Md5 digest{};
};

// Reads the body to its end, in constant memory. Throws EntityTooLarge if it has more than
// `bytes_max`, and what the body throws; then nothing is left of it.
cloud::Async<UploadedBody> upload(Engine& engine, cloud::Body body, std::uint64_t bytes_max);

// In the command that makes something refer to it.
Piece keep(Machine& machine, Turn& turn, const UploadedBody& body);

// Runs `op` on the writer, which is to make something refer to the body; nothing is left of that if
// it throws.
template <class T, class Op>
Answer<T> commit(Engine& engine, std::optional<std::uint64_t> written, Op op) {
  if (!written) co_return co_await engine.call<T>(std::move(op));
  std::exception_ptr failure;
  try {
    co_return co_await engine.call<T>(std::move(op));
  } catch (...) {
    failure = std::current_exception();
  }
  auto undo = [body = *written](Machine& m, Turn& turn) { m.bodies.discard(turn, body); };
  co_await engine.call<Done>(std::move(undo));
  std::rethrow_exception(failure);
}

}  // namespace doorbuster::engine
