// A request out of a fuzzer's bytes.
//
//   METHOD LF TARGET LF *(NAME ":" VALUE LF) LF BODY
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cloud/byte_stream.h"
#include "cloud/error.h"
#include "wire/encoding.h"
#include "wire/http.h"

namespace doorbuster::fuzz {

struct Input {
  wire::RequestHead head;
  std::string_view body;
};

inline Input input_of(std::string_view bytes) {
  Input input;
  input.head.method = wire::take_until(bytes, '\n');
  std::string_view target = wire::take_until(bytes, '\n');
  input.head.path = wire::take_until(target, '?');
  input.head.query = target;
  while (!bytes.empty()) {
    std::string_view value = wire::take_until(bytes, '\n');
    if (value.empty()) break;
    const auto name = wire::take_until(value, ':');
    input.head.headers.push_back({name, value});
  }
  input.body = bytes;
  return input;
}

// In two pieces.
class Halves final : public cloud::ByteStream {
 public:
  explicit Halves(std::string_view bytes)
      : first_(bytes.substr(0, bytes.size() / 2)), second_(bytes.substr(bytes.size() / 2)) {}
  cloud::Async<std::string> read() override {
    std::string piece = std::exchange(first_, std::string());
    if (piece.empty()) piece = std::exchange(second_, std::string());
    co_return piece;
  }

 private:
  std::string first_;
  std::string second_;
};

// An error of the cloud's is an answer; any other is a finding.
template <class T>
void run(cloud::Async<T> operation) {
  boost::asio::io_context context;
  std::exception_ptr failure;
  const auto done = [&](std::exception_ptr thrown, auto&&...) { failure = std::move(thrown); };
  boost::asio::co_spawn(context, std::move(operation), done);
  context.run();
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const cloud::Error&) {
    return;
  }
}

}  // namespace doorbuster::fuzz
