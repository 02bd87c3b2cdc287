#include "console/load.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <optional>
#include <utility>

#include "cloud/error.h"
#include "functions/concurrently.h"
#include "orders/order_generator.h"
#include "orders/order_json.h"
#include "shop/answers.h"
#include "shop/order_number.h"
#include "topology/checkout.h"

namespace doorbuster::console {
namespace {

namespace json = boost::json;

constexpr std::uint64_t kOrdersAtOnce = 10;  // messages that SQS takes at once
constexpr std::uint64_t kRoundMax = 1'000;   // orders that are sent before anybody looks up again
constexpr std::size_t kBatchesAtOnce = 32;
constexpr std::chrono::milliseconds kPause{20};

std::string_view to_text(LoadStatus::State state) {
  switch (state) {
    case LoadStatus::State::idle:
      return "idle";
    case LoadStatus::State::running:
      return "running";
    case LoadStatus::State::done:
      return "done";
    case LoadStatus::State::failed:
      break;
  }
  return "failed";
}

std::uint64_t seed_of(std::string_view bytes) {
  std::uint64_t seed = 0;
  for (const char byte : bytes) seed = seed << 8 | static_cast<unsigned char>(byte);
  return seed;
}

std::uint64_t count_in(const json::object& body, const char* name, std::uint64_t min,
                       std::uint64_t max) {
  const auto* value = body.if_contains(name);
  if (value != nullptr && value->is_number()) {
    json::error_code not_one;
    const auto count = value->to_number<std::uint64_t>(not_one);
    if (!not_one && count >= min && count <= max) return count;
  }
  throw shop::problem(400, '"' + std::string(name) + "\" must be a number from " +
                               std::to_string(min) + " to " + std::to_string(max) + '.');
}

// Of so many percent, spread evenly over all.
bool is_among(std::uint64_t percent, std::uint64_t i) {
  return (i + 1) * percent / kPercentMax > i * percent / kPercentMax;
}

}  // namespace

// What the executor holds on to.
struct Load::Run {
  Run(const LoadParts& all, LoadSize how_many, std::string url)
      : parts(all),
        size(how_many),
        queue_url(std::move(url)),
        generator(seed_of(parts.random(sizeof(std::uint64_t))), 0) {}

  cloud::Async<void> go();
  std::uint64_t due(cloud::Time since) const;
  cloud::Async<void> send(std::uint64_t count);
  cloud::Async<void> send_batch(std::uint64_t first, std::uint64_t count);
  std::string order(std::uint64_t i) const;
  void fail(const std::string& why);
  bool goes_on() const { return !stopping && next < size.orders; }

  const LoadParts parts;
  const LoadSize size;
  const std::string queue_url;
  const orders::OrderGenerator generator;
  std::uint64_t next = 0;  // of the one who goes
  std::atomic<std::uint64_t> sent = 0;
  std::atomic<bool> stopping = false;
  std::atomic<bool> ended = false;
  std::mutex mutex;  // guards what follows
  std::string error;
};

// In the shop's form, and dated when it is paid, as the shop's are.
std::string Load::Run::order(std::uint64_t i) const {
  auto order = generator.order(i);
  order.id = shop::order_number(parts.random(shop::kNumberBytes));
  order.submitted_at.reset();
  if (is_among(size.invalid_percent, i)) order.amount = {};
  return orders::to_json(order);
}

void Load::Run::fail(const std::string& why) {
  const std::lock_guard held(mutex);
  if (error.empty()) error = why;
  stopping = true;
}

std::uint64_t Load::Run::due(cloud::Time since) const {
  const auto elapsed = static_cast<std::uint64_t>((parts.clock.now() - since).count());
  return std::min(size.orders, 1 + size.rate * elapsed / 1'000);
}

cloud::Async<void> Load::Run::go() {
  const auto begin = parts.clock.now();
  while (goes_on()) {
    const auto now_due = due(begin);
    if (now_due > next) {
      co_await send(std::min(now_due - next, kRoundMax));
    } else {
      co_await parts.sleep(kPause);
    }
  }
  ended = true;
}

cloud::Async<void> Load::Run::send(std::uint64_t count) {
  const auto first = std::exchange(next, next + count);
  std::function<cloud::Async<void>(std::size_t)> batch = [this, first, count](std::size_t i) {
    const auto begin = i * kOrdersAtOnce;
    return send_batch(first + begin, std::min(kOrdersAtOnce, count - begin));
  };
  co_await functions::concurrently((count + kOrdersAtOnce - 1) / kOrdersAtOnce, kBatchesAtOnce,
                                   std::move(batch));
}

cloud::Async<void> Load::Run::send_batch(std::uint64_t first, std::uint64_t count) {
  try {
    cloud::SendMessageBatchRequest request;
    request.QueueUrl = queue_url;
    for (std::uint64_t i = 0; i < count; ++i) {
      cloud::SendMessageBatchRequestEntry entry;
      entry.Id = std::to_string(i);
      entry.MessageBody = order(first + i);
      request.Entries.push_back(std::move(entry));
    }
    const auto result = co_await parts.sqs.SendMessageBatch(std::move(request));
    sent += result.Successful.size();
    if (!result.Failed.empty()) fail(result.Failed.front().Message);
  } catch (const std::exception& e) {
    fail(e.what());
  }
}

cloud::Async<void> Load::start(LoadSize size) {
  cloud::GetQueueUrlRequest request;
  request.QueueName = topology::kOrdersQueue;
  std::string url;
  try {
    url = (co_await parts_.sqs.GetQueueUrl(std::move(request))).QueueUrl;
  } catch (const cloud::Error& e) {
    if (e.code() != "QueueDoesNotExist") throw;
    throw shop::problem(409, "There is no queue for orders yet: doorbuster setup makes it.");
  }
  auto run = std::make_shared<Run>(parts_, size, std::move(url));
  {
    const std::lock_guard held(mutex_);
    if (run_ && !run_->ended) throw shop::problem(409, "A load is running already.");
    run_ = run;
  }
  auto going = [](std::shared_ptr<Run> kept) -> cloud::Async<void> { co_await kept->go(); };
  boost::asio::co_spawn(parts_.executor, going(std::move(run)), boost::asio::detached);
}

void Load::stop() {
  const std::lock_guard held(mutex_);
  if (run_) run_->stopping = true;
}

LoadStatus Load::status() const {
  const std::lock_guard held(mutex_);
  LoadStatus status;
  if (!run_) return status;
  status.size = run_->size;
  status.sent = run_->sent;
  const std::lock_guard also_held(run_->mutex);
  status.error = run_->error;
  if (!run_->ended) {
    status.state = LoadStatus::State::running;
  } else {
    status.state = status.error.empty() ? LoadStatus::State::done : LoadStatus::State::failed;
  }
  return status;
}

json::object to_json(const LoadStatus& status) {
  return {{"state", to_text(status.state)},
          {"sent", status.sent},
          {"orders", status.size.orders},
          {"rate", status.size.rate},
          {"invalid_percent", status.size.invalid_percent},
          {"error", status.error}};
}

LoadSize load_size(const json::object& body) {
  LoadSize size;
  size.orders = count_in(body, "orders", 1, kLoadOrdersMax);
  size.rate = count_in(body, "rate", 1, kLoadRateMax);
  constexpr const char* kInvalid = "invalid_percent";
  if (body.contains(kInvalid)) size.invalid_percent = count_in(body, kInvalid, 0, kPercentMax);
  return size;
}

cloud::Async<void> sleep_for(std::chrono::milliseconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace doorbuster::console
