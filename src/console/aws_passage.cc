#include "console/aws_passage.h"

#include <algorithm>
#include <array>
#include <utility>

#include "shop/answers.h"
#include "wire/encoding.h"

namespace doorbuster::console {
namespace {

// What is about the console, and would mean something else behind it.
constexpr std::array<std::string_view, 4> kOurs{"Authorization", "Cookie", "Origin", "X-Console"};
// What a browser may want it for: to read it, save it, or show it as a picture. RFC-to-be of Fetch
// metadata: https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-dest-header
constexpr std::array<std::string_view, 3> kUses{"empty", "document", "image"};

wire::RequestHead head_behind(const wire::RequestHead& head) {
  wire::RequestHead behind = head;
  behind.path.remove_prefix(kAwsPath.size());
  if (behind.path.empty()) behind.path = "/";
  std::erase_if(behind.headers, [](const auto& header) {
    return std::any_of(kOurs.begin(), kOurs.end(), [&header](std::string_view name) {
      return wire::equal_ignoring_case(name, header.name);
    });
  });
  return behind;
}

// A request as it is behind the console.
class Behind final : public gateway::Request {
 public:
  explicit Behind(gateway::Request& request)
      : request_(request), head_(head_behind(request.head())) {}

  const wire::RequestHead& head() const override { return head_; }
  const std::string& id() const override { return request_.id(); }
  const std::string& peer() const override { return request_.peer(); }
  bool secure() const override { return request_.secure(); }
  std::optional<std::uint64_t> content_length() const override { return request_.content_length(); }
  bool chunked() const override { return request_.chunked(); }
  cloud::Async<std::shared_ptr<cloud::ByteStream>> body() override { return request_.body(); }
  cloud::Async<wire::Response> wait_for(cloud::Async<wire::Response> operation) override {
    return request_.wait_for(std::move(operation));
  }

 private:
  gateway::Request& request_;
  const wire::RequestHead head_;
};

// Buckets are in the path: the host is the console's.
gateway::AwsDoorOptions door_options(cloud::Scope scope,
                                     std::function<void(std::string_view)> log) {
  gateway::AwsDoorOptions options;
  options.domain = "";
  options.caller = cloud::Caller{std::move(scope)};
  options.log = std::move(log);
  return options;
}

}  // namespace

AwsPassage::AwsPassage(cloud::Services& services, cloud::Scope scope, const cloud::Clock& clock,
                       std::function<void(std::string_view)> log)
    : door_(door_options(std::move(scope), std::move(log)), services, clock) {}

cloud::Async<wire::Response> AwsPassage::answer(gateway::Request& request) {
  const auto use = request.head().header("Sec-Fetch-Dest").value_or("empty");
  if (std::find(kUses.begin(), kUses.end(), use) == kUses.end()) {
    throw shop::problem(403, "What is in a bucket is not run as a part of the console.");
  }
  Behind behind(request);
  auto response = co_await door_.answer(behind);
  response.headers.emplace_back("Content-Security-Policy", "sandbox");
  co_return response;
}

}  // namespace doorbuster::console
