#include "engine/http_deliveries.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <set>

#include "cloud/error.h"

namespace doorbuster::engine {
namespace {

constexpr int kConcurrency = 4;  // of a subscription
constexpr std::chrono::seconds kWait{20};
constexpr int kPostMax_s = 3'600;  // if a transport should break its word
constexpr const char* kUserAgent = "Amazon Simple Notification Service Agent";

using Deliveries = std::vector<Delivery>;

struct Poster {
  Engine& engine;
  const HttpPost post;
  const boost::asio::any_io_executor executor;
};

cloud::Async<Deliveries> receive(Engine& engine, std::string arn) {
  auto op = [arn = std::move(arn)](Machine& m, Turn& turn,
                                   std::unique_ptr<Reply<Deliveries>>& reply) {
    Queue* queue = m.queues.by_arn(arn);
    if (!queue) throw cloud::Error("NotFound", "Subscription does not exist", 404);
    ReceiveOrder order;
    order.visibility_timeout_s = kPostMax_s;
    order.wait_until = turn.now + kWait;
    order.in_process = true;
    m.queues.receive(turn, *queue, std::move(order), reply);
  };
  return engine.call<Deliveries>(std::move(op));
}

cloud::Async<std::optional<HttpTarget>> target_of(Engine& engine, std::string arn) {
  auto op = [arn = std::move(arn)](Machine& m, Turn&) { return m.topics.http_target(arn); };
  return engine.call<std::optional<HttpTarget>>(std::move(op));
}

std::string text(const StoredMessage& message, const char* attribute) {
  const auto it = message.attributes.find(attribute);
  return it == message.attributes.end() ? "" : it->second.StringValue;
}

HttpPostRequest to_request(const StoredMessage& message, const std::string& subscription_arn,
                           const HttpTarget& target) {
  const std::string type = text(message, kTypeAttribute);
  HttpPostRequest request;
  request.url = target.url;
  request.headers = {{"x-amz-sns-message-type", type},
                     {"x-amz-sns-message-id", text(message, kIdAttribute)},
                     {"x-amz-sns-topic-arn", target.topic_arn}};
  if (type == kNotification) {
    request.headers.emplace_back("x-amz-sns-subscription-arn", subscription_arn);
  }
  const bool raw = !text(message, kRawAttribute).empty();
  if (raw) request.headers.emplace_back("x-amz-sns-rawdelivery", "true");
  request.headers.emplace_back("Content-Type", target.content_type);
  request.headers.emplace_back("User-Agent", kUserAgent);
  request.body = raw ? message.body
                     : sign(message.body, *target.key, target.signature_version, target.endpoint);
  return request;
}

// Nothing if the endpoint has taken the message. What it answers for good is not asked again.
std::optional<DeliveryFailure> judge(int status) {
  if (status >= 200 && status < 300) return std::nullopt;
  const bool permanent = status >= 300 && status < 500 && status != 429;
  const std::string code = std::to_string(status);
  return DeliveryFailure{code, "the endpoint answered with status " + code, permanent};
}

cloud::Async<void> deliver(std::shared_ptr<Poster> poster, std::string arn, Delivery delivery) {
  const auto target = co_await target_of(poster->engine, arn);
  if (!target) co_return;
  std::optional<DeliveryFailure> failure;
  try {
    auto request = to_request(delivery.message, arn, *target);
    failure = judge(co_await poster->post(std::move(request)));
  } catch (const std::exception& e) {
    failure = {"ConnectionError", e.what(), false};
  }
  auto op = [arn, delivery = std::move(delivery), failure](Machine& m, Turn& turn) {
    if (failure) {
      m.topics.http_failed(turn, arn, delivery, *failure);
    } else {
      m.topics.http_delivered(turn, arn, delivery);
    }
  };
  co_await poster->engine.call<Done>(std::move(op));
}

// Until the subscription is gone or the engine stops.
cloud::Async<void> poll(std::shared_ptr<Poster> poster, std::string arn) {
  try {
    for (;;) {
      auto deliveries = co_await receive(poster->engine, arn);
      for (auto& delivery : deliveries) co_await deliver(poster, arn, std::move(delivery));
    }
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): that is how it ends
  }
}

// Gives every subscription its pollers.
cloud::Async<void> watch(std::shared_ptr<Poster> poster) {
  std::set<std::string> polled;
  std::uint64_t version = 0;
  try {
    for (;;) {
      auto op = [version](Machine& m, Turn& turn,
                          std::unique_ptr<Reply<HttpSubscriptions>>& reply) {
        m.topics.watch_http(turn, version, reply);
      };
      auto now = co_await poster->engine.call<HttpSubscriptions>(std::move(op));
      version = now.version;
      std::set<std::string> before = std::exchange(polled, {});
      for (auto& arn : now.arns) {
        for (int i = before.contains(arn) ? kConcurrency : 0; i < kConcurrency; ++i) {
          boost::asio::co_spawn(poster->executor, poll(poster, arn), boost::asio::detached);
        }
        polled.insert(std::move(arn));
      }
    }
  } catch (const cloud::Error&) {  // NOLINT(bugprone-empty-catch): the engine stops
  }
}

}  // namespace

HttpDeliveries::HttpDeliveries(Engine& engine, HttpPost post,
                               const boost::asio::any_io_executor& executor) {
  std::shared_ptr<Poster> poster(new Poster{engine, std::move(post), executor});
  boost::asio::co_spawn(executor, watch(std::move(poster)), boost::asio::detached);
}

}  // namespace doorbuster::engine
