#include "functions/dead_letters.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "cloud/error.h"
#include "functions/invoice_events.h"

namespace doorbuster::functions {
namespace {

// Between two looks: few are moved at once, and many take hours.
constexpr std::chrono::milliseconds kPauseMin{20};
constexpr std::chrono::milliseconds kPauseMax{5'000};

constexpr const char* kRunning = "RUNNING";

cloud::Async<cloud::ListMessageMoveTasksResultEntry> latest_move(cloud::Sqs& sqs,
                                                                 std::string dead_letter_arn) {
  cloud::ListMessageMoveTasksRequest list;
  list.SourceArn = std::move(dead_letter_arn);
  auto tasks = co_await sqs.ListMessageMoveTasks(std::move(list));
  if (!tasks.Results.empty()) co_return std::move(tasks.Results.front());
  cloud::ListMessageMoveTasksResultEntry begun;  // but not listed yet
  begun.Status = kRunning;
  co_return begun;
}

}  // namespace

std::vector<ObjectVersion> objects_in(const std::string& body) {
  std::vector<ObjectVersion> objects;
  try {
    for (auto& object : parse_s3_event(body)) {
      objects.push_back({std::move(object.bucket), std::move(object.key), {}});
    }
  } catch (const NotAnS3Event&) {
    // Somebody else's message: it tells of no object.
  }
  return objects;
}

std::string why_refused(InvoiceDatabase& database, const std::string& message_id,
                        const std::vector<ObjectVersion>& objects) {
  const auto rejection = objects.empty()
                             ? database.find_rejection("", message_id)
                             : database.find_rejection(objects[0].bucket, objects[0].key);
  return rejection ? rejection->reason : "not recorded";
}

cloud::Async<std::uint64_t> redrive_all(cloud::Sqs& sqs, std::string dead_letter_arn,
                                        std::chrono::seconds patience) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  const auto end = std::chrono::steady_clock::now() + patience;
  cloud::StartMessageMoveTaskRequest start;
  start.SourceArn = dead_letter_arn;
  co_await sqs.StartMessageMoveTask(std::move(start));
  for (auto pause = kPauseMin;; pause = std::min(2 * pause, kPauseMax)) {
    const auto task = co_await latest_move(sqs, dead_letter_arn);
    if (task.Status == "FAILED") {
      throw cloud::Error("MessageMoveTaskFailed", "The redrive failed: " + task.FailureReason);
    }
    if (task.Status != kRunning || std::chrono::steady_clock::now() >= end) {
      co_return static_cast<std::uint64_t>(task.ApproximateNumberOfMessagesMoved);
    }
    timer.expires_after(pause);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

}  // namespace doorbuster::functions
