#include "cloud/byte_stream.h"

#include "cloud/error.h"

namespace doorbuster::cloud {

Async<std::string> read_all(Body body, std::size_t bytes_max) {
  std::string all = std::move(body.bytes);
  while (body.rest && all.size() <= bytes_max) {
    const std::string piece = co_await body.rest->read();
    if (piece.empty()) break;
    all += piece;
  }
  if (all.size() > bytes_max) {
    throw Error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size of " +
                                      std::to_string(bytes_max) + " bytes");
  }
  co_return all;
}

}  // namespace doorbuster::cloud
