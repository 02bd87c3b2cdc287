// The parts of the cloud that the shop uses, and its requests, as simple as can be, for tests.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cloud/error.h"
#include "cloud/sqs.h"
#include "cloud/step_functions.h"
#include "gateway/testing.h"
#include "shop/order_status.h"
#include "topology/checkout.h"

namespace doorbuster::shop {

// Throws what the operation does.
template <class T>
T wait(cloud::Async<T> operation) {
  boost::asio::io_context context;
  auto result = boost::asio::co_spawn(context, std::move(operation), boost::asio::use_future);
  context.run();
  return result.get();
}

inline cloud::Time at(std::int64_t seconds) {
  return cloud::Time(std::chrono::seconds(seconds));
}

class FakeClock final : public cloud::Clock {
 public:
  cloud::Time now() const override { return time; }
  cloud::Time time = at(1'000);
};

using gateway::FakeRequest;
using Headers = gateway::FakeRequest::Headers;

inline std::string header(const wire::Response& response, std::string_view name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "(none)";
}

class FakeSqs final : public cloud::Sqs {
 public:
  cloud::Async<cloud::GetQueueUrlResult> GetQueueUrl(cloud::GetQueueUrlRequest request) override {
    if (!exists) throw cloud::Error("QueueDoesNotExist", "The specified queue does not exist.");
    co_return cloud::GetQueueUrlResult{"http://localhost/" + request.QueueName};
  }
  cloud::Async<cloud::SendMessageResult> SendMessage(cloud::SendMessageRequest request) override {
    if (failure) throw cloud::Error(*failure);
    sent.push_back(request.MessageBody);
    co_return cloud::SendMessageResult();
  }
  cloud::Async<cloud::GetQueueAttributesResult> GetQueueAttributes(
      cloud::GetQueueAttributesRequest) override {
    if (failure) throw cloud::Error(*failure);
    cloud::GetQueueAttributesResult result;
    result.Attributes["ApproximateNumberOfMessages"] = std::to_string(waiting);
    co_return result;
  }

  std::vector<std::string> sent;
  std::uint64_t waiting = 0;
  bool exists = true;
  std::optional<cloud::Error> failure;
};

// One state machine's executions, by name.
class FakeStepFunctions final : public cloud::StepFunctions {
 public:
  struct Execution {
    cloud::DescribeExecutionOutput description;
    std::vector<cloud::HistoryEvent> history;

    void add(const char* type, const char* state, cloud::Time time) {
      const bool entered = std::string_view(type).ends_with("Entered");
      cloud::HistoryEvent event;
      event.type = type;
      event.timestamp = time;
      event.details[entered ? "stateEnteredEventDetails" : "stateExitedEventDetails"] =
          boost::json::object{{"name", state}};
      history.push_back(std::move(event));
    }
    void fail(const char* error, const char* cause, cloud::Time time) {
      description.status = "FAILED";
      description.error = error;
      description.cause = cause;
      description.stopDate = time;
    }
  };

  // A running one, that was started at second 1,000.
  Execution& start(const std::string& name, const std::string& order) {
    auto& execution = executions[name];
    execution.description.executionArn = topology::execution_arn({}, name);
    execution.description.status = "RUNNING";
    execution.description.startDate = at(1'000);
    execution.description.input =
        R"({"order":)" + order +
        R"(,"queue":{"messageId":"m","sentAt":"1970-01-01T00:16:39.500Z"}})";
    return execution;
  }

  cloud::Async<cloud::DescribeExecutionOutput> DescribeExecution(
      cloud::DescribeExecutionInput request) override {
    co_return find(request.executionArn).description;
  }
  // One event a page.
  cloud::Async<cloud::GetExecutionHistoryOutput> GetExecutionHistory(
      cloud::GetExecutionHistoryInput request) override {
    const auto& history = find(request.executionArn).history;
    const std::size_t page = request.nextToken.empty() ? 0 : std::stoul(request.nextToken);
    cloud::GetExecutionHistoryOutput result;
    if (page < history.size()) result.events.push_back(history[page]);
    if (page + 1 < history.size()) result.nextToken = std::to_string(page + 1);
    co_return result;
  }

  std::map<std::string, Execution> executions;

 private:
  const Execution& find(const std::string& arn) const {
    const auto found = executions.find(arn.substr(arn.rfind(':') + 1));
    if (found == executions.end()) {
      throw cloud::Error("ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'");
    }
    return found->second;
  }
};

// Books that are filled by hand.
struct FakeBooks {
  std::map<std::string, cloud::Time> shipped;
  std::map<std::string, cloud::Time> recorded;

  Books books() {
    const auto lookup = [](const std::map<std::string, cloud::Time>& book) -> Books::Lookup {
      return [&book](std::string number) -> cloud::Async<std::optional<cloud::Time>> {
        const auto found = book.find(number);
        if (found == book.end()) co_return std::nullopt;
        co_return found->second;
      };
    };
    return {lookup(shipped), lookup(recorded)};
  }
};

}  // namespace doorbuster::shop
