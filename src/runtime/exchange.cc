#include "runtime/exchange.h"

#include <boost/json.hpp>

#include "runtime/wording.h"

namespace doorbuster::runtime {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 1024;
constexpr std::size_t kQuoteMax = 256;  // bytes

// What is wrong with it, or nothing.
boost::system::error_code json_error(std::string_view text) {
  json::parse_options options;
  options.max_depth = kDepthMax;
  json::monotonic_resource memory;
  boost::system::error_code error;
  json::parse(json::string_view(text.data(), text.size()), error, &memory, options);
  return error;
}

// A runtime describes errors as it likes; callers get an object.
std::string error_payload(std::string_view type, std::string payload) {
  if (!json_error(payload)) return payload;
  return error_json(type.empty() ? "Runtime.Unknown" : type, payload.substr(0, kQuoteMax));
}

}  // namespace

cloud::Async<void> Exchange::wait_for_runtime(SteadyTime end) {
  return changed_.wait_until(end, [this] { return asking_ > 0 || over_ || result_; });
}

void Exchange::give(Task task) {
  task_ = std::move(task);
  taken_ = false;
  result_.reset();
  changed_.notify_all();
}

cloud::Async<void> Exchange::wait_for_result(SteadyTime end) {
  return changed_.wait_until(end, [this] { return over_ || result_; });
}

std::optional<Result> Exchange::take_result() {
  return std::exchange(result_, std::nullopt);
}

void Exchange::close() {
  over_ = true;
  changed_.notify_all();
}

cloud::Async<const Task*> Exchange::next() {
  if (task_ && taken_) {
    throw Refusal{403, "InvalidStateTransition",
                  "The invocation " + task_->invocation.AwsRequestId +
                      " has had no response and no error yet."};
  }
  started_ = true;
  ++asking_;
  changed_.notify_all();
  auto given = [this] { return over_ || (task_ && !taken_); };
  co_await changed_.wait(std::move(given));
  --asking_;
  if (over_) co_return nullptr;
  taken_ = true;
  co_return &*task_;
}

void Exchange::expect(std::string_view request_id) const {
  if (task_ && taken_ && task_->invocation.AwsRequestId == request_id) return;
  throw Refusal{400, "InvalidRequestID", "Invalid request ID"};
}

void Exchange::finish(Result result) {
  task_.reset();
  result_ = std::move(result);
  changed_.notify_all();
}

void Exchange::answer(std::string_view request_id, std::string payload) {
  expect(request_id);
  if (payload.size() > kPayloadMax) return answer_too_large(request_id);
  if (payload.empty()) payload = "null";
  if (const auto error = json_error(payload)) {
    return finish({error_json("Runtime.MarshalError",
                              "Unable to marshal response: it is not JSON: " + error.message()),
                   true});
  }
  finish({std::move(payload), false});
}

void Exchange::answer_too_large(std::string_view request_id) {
  expect(request_id);
  finish({error_json("Function.ResponseSizeTooLarge",
                     "Response payload size exceeded maximum allowed payload size (" +
                         std::to_string(kPayloadMax) + " bytes)."),
          true});
  throw Refusal{
      413, "RequestEntityTooLarge",
      "Exceeded maximum allowed payload size (" + std::to_string(kPayloadMax) + " bytes)."};
}

void Exchange::fail(std::string_view request_id, std::string_view type, std::string payload) {
  expect(request_id);
  finish({error_payload(type, std::move(payload)), true});
}

void Exchange::fail_init(std::string_view type, std::string payload) {
  if (started_) {
    throw Refusal{403, "InvalidStateTransition", "The initialisation has ended already."};
  }
  finish({error_payload(type, std::move(payload)), true});
}

}  // namespace doorbuster::runtime
