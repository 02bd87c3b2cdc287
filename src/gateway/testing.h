// For the tests of this room and of those who answer its requests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/handler.h"
#include "wire/encoding.h"

namespace doorbuster::gateway {

// A request as a server would have read it.
class FakeRequest final : public Request, public cloud::ByteStream {
 public:
  using Headers = std::vector<wire::RequestHead::Header>;

  // What it is given outlives it, but for the body. The target is a path, with a query or without.
  FakeRequest(std::string_view method, std::string_view target, Headers headers,
              std::string body = "")
      : body_(std::move(body)), length_(body_.size()) {
    head_.method = method;
    head_.query = target;
    head_.path = wire::take_until(head_.query, '?');
    head_.headers = std::move(headers);
  }

  const wire::RequestHead& head() const override { return head_; }
  const std::string& id() const override { return id_; }
  const std::string& peer() const override { return id_; }
  bool secure() const override { return false; }
  std::optional<std::uint64_t> content_length() const override { return length_; }
  bool chunked() const override { return !length_; }
  cloud::Async<std::shared_ptr<cloud::ByteStream>> body() override {
    co_return std::shared_ptr<cloud::ByteStream>(std::shared_ptr<void>(), this);
  }
  cloud::Async<wire::Response> wait_for(cloud::Async<wire::Response> operation) override {
    waited = true;
    return operation;
  }
  cloud::Async<std::string> read() override { co_return std::exchange(body_, {}); }

  void in_chunks() { length_.reset(); }

  bool waited = false;  // for an operation that may take its time

 private:
  wire::RequestHead head_;
  const std::string id_ = "request-1";
  std::string body_;
  std::optional<std::uint64_t> length_;
};

}  // namespace doorbuster::gateway
