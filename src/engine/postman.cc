#include "engine/postman.h"

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
  const SendMail mail;
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

cloud::Async<std::optional<PostTarget>> target_of(Engine& engine, std::string arn) {
  auto op = [arn = std::move(arn)](Machine& m, Turn&) { return m.topics.post_target(arn); };
  return engine.call<std::optional<PostTarget>>(std::move(op));
}

std::string text(const StoredMessage& message, const char* attribute) {
  const auto it = message.attributes.find(attribute);
  return it == message.attributes.end() ? "" : it->second.StringValue;
}

HttpPostRequest to_request(const StoredMessage& message, const std::string& subscription_arn,
                           const PostTarget& target) {
  const std::string type = text(message, kTypeAttribute);
  HttpPostRequest request;
  request.url = target.to;
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

Mail mail_of(const StoredMessage& message, const PostTarget& target) {
  if (target.protocol == Protocol::email) return to_mail(message.body, target.to);
  auto envelope = sign(message.body, *target.key, target.signature_version, target.endpoint);
  return to_json_mail(message.body, std::move(envelope), target.to);
}

DeliveryFailure failure_of(int status, bool permanent) {
  const std::string code = std::to_string(status);
  return {code, "the endpoint answered with status " + code, permanent};
}

// Nothing if the endpoint has taken the message. What it answers for good is not asked again.
std::optional<DeliveryFailure> judge_post(int status) {
  if (status >= 200 && status < 300) return std::nullopt;
  return failure_of(status, status >= 300 && status < 500 && status != 429);
}
std::optional<DeliveryFailure> judge_mail(int reply) {
  if (reply >= 200 && reply < 300) return std::nullopt;
  return failure_of(reply, reply >= 500);
}

cloud::Async<std::optional<DeliveryFailure>> attempt(const Poster& poster, const std::string& arn,
                                                     const StoredMessage& message,
                                                     const PostTarget& target) {
  if (target.protocol == Protocol::email || target.protocol == Protocol::email_json) {
    auto mail = mail_of(message, target);
    co_return judge_mail(co_await poster.mail(std::move(mail)));
  }
  auto request = to_request(message, arn, target);
  co_return judge_post(co_await poster.post(std::move(request)));
}

cloud::Async<void> deliver(std::shared_ptr<Poster> poster, std::string arn, Delivery delivery) {
  const auto target = co_await target_of(poster->engine, arn);
  if (!target) co_return;
  std::optional<DeliveryFailure> failure;
  try {
    failure = co_await attempt(*poster, arn, delivery.message, *target);
  } catch (const std::exception& e) {
    failure = {"ConnectionError", e.what(), false};
  }
  auto op = [arn, delivery = std::move(delivery), failure](Machine& m, Turn& turn) {
    if (failure) {
      m.topics.post_failed(turn, arn, delivery, *failure);
    } else {
      m.topics.post_delivered(turn, arn, delivery);
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
                          std::unique_ptr<Reply<PostedSubscriptions>>& reply) {
        m.topics.watch_posted(turn, version, reply);
      };
      auto now = co_await poster->engine.call<PostedSubscriptions>(std::move(op));
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

Postman::Postman(Engine& engine, HttpPost post, SendMail mail,
                 const boost::asio::any_io_executor& executor) {
  std::shared_ptr<Poster> poster(new Poster{engine, std::move(post), std::move(mail), executor});
  if (poster->mail) engine.tell([](Machine& m, Turn&) { m.topics.offer_mail(); });
  boost::asio::co_spawn(executor, watch(std::move(poster)), boost::asio::detached);
}

}  // namespace doorbuster::engine
