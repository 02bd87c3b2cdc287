// What the tests of this room share.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cloud/services.h"
#include "wire/server.h"
#include "wire/sigv4.h"

namespace doorbuster::wire {

template <class T>
T run(cloud::Async<T> operation) {
  boost::asio::io_context context;
  auto future = boost::asio::co_spawn(context, std::move(operation), boost::asio::use_future);
  context.run();
  return future.get();
}

// A request as a server gets it, whose bytes it owns.
struct ServedRequest {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  RequestHead head() const {
    RequestHead head;
    const std::string_view all = target;
    const auto mark = all.find('?');
    head.method = method;
    head.path = all.substr(0, mark);
    if (mark != std::string_view::npos) head.query = all.substr(mark + 1);
    for (const auto& [name, value] : headers) head.headers.push_back({name, value});
    return head;
  }
};

// Gives each of its pieces, once.
class Pieces final : public cloud::ByteStream {
 public:
  explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  cloud::Async<std::string> read() override {
    if (next_ == pieces_.size()) co_return std::string();
    co_return pieces_[next_++];
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
};

inline std::vector<std::string> in_pieces(const std::string& bytes, std::size_t size) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < bytes.size(); i += size) pieces.push_back(bytes.substr(i, size));
  return pieces;
}

// Hands out what the test makes; a service of which nothing is overridden where it makes none.
struct FakeServices final : cloud::Services {
  std::function<std::unique_ptr<cloud::Sqs>()> make_sqs;
  std::function<std::unique_ptr<cloud::Sns>()> make_sns;
  std::function<std::unique_ptr<cloud::S3>()> make_s3;
  std::function<std::unique_ptr<cloud::Iam>()> make_iam;
  std::function<std::unique_ptr<cloud::Lambda>()> make_lambda;

  std::unique_ptr<cloud::Sqs> sqs(const cloud::Caller&) override {
    return make_sqs ? make_sqs() : std::make_unique<cloud::Sqs>();
  }
  std::unique_ptr<cloud::Sns> sns(const cloud::Caller&) override {
    return make_sns ? make_sns() : std::make_unique<cloud::Sns>();
  }
  std::unique_ptr<cloud::S3> s3(const cloud::Caller&) override {
    return make_s3 ? make_s3() : std::make_unique<cloud::S3>();
  }
  std::unique_ptr<cloud::Iam> iam(const cloud::Caller&) override {
    return make_iam ? make_iam() : std::make_unique<cloud::Iam>();
  }
  std::unique_ptr<cloud::Lambda> lambda(const cloud::Caller&) override {
    return make_lambda ? make_lambda() : std::make_unique<cloud::Lambda>();
  }
};

// As a server does it, but for the signature.
inline Response answer(const ServedRequest& request, cloud::Services& services) {
  const RequestHead head = request.head();
  Route to = route(head, "localhost");
  try {
    resolve(to, head, request.body);
    return run(serve(to, head, cloud::Body(request.body), services, {}, "the-id"));
  } catch (const cloud::Error& error) {
    return error_response(to, head, error, "the-id");
  }
}

inline std::string header_of(const Response& response, const std::string& name) {
  for (const auto& header : response.headers) {
    if (header.first == name) return header.second;
  }
  return {};
}

// The code of the error that is thrown; empty if none is.
template <class F>
std::string code_of(F&& f) {
  try {
    f();
  } catch (const cloud::Error& error) {
    return error.code();
  }
  return {};
}

}  // namespace doorbuster::wire
