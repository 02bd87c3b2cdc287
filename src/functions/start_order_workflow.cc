#include "functions/start_order_workflow.h"

#include <boost/json.hpp>
#include <optional>
#include <set>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "documents/json_text.h"
#include "functions/concurrently.h"
#include "functions/json_fields.h"
#include "functions/order_event.h"
#include "orders/invoice.h"
#include "orders/timestamp.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

// Executions that one call starts at the same time.
constexpr std::size_t kStartsMax = 64;

struct Start {
  std::string name;
  std::string order;  // the input's beginning, up to where the order ends
  std::string queue;  // the rest
  std::string input() const { return order + queue; }
};

// A message is no order, and will not become one.
class NotAnOrder : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

std::string about_queue(const QueueMessage& message) {
  json::object queue{{"messageId", message.id}};
  if (message.sent_at) queue["sentAt"] = orders::format_instant(*message.sent_at);
  return ",\"queue\":" + json::serialize(queue) + '}';
}

Start start_of(const QueueMessage& message) {
  json::error_code error;
  const json::value body = json::parse(message.body, error);
  if (error) throw NotAnOrder("the message is not JSON: " + error.message());
  const json::value& order = order_in(body);
  const auto id = text(order, "orderId");
  if (!id) throw NotAnOrder("the message is no order: it has no orderId that is a string");
  std::string name(*id);
  if (const auto fault = orders::number_fault(name); !fault.empty()) {
    throw NotAnOrder("the message is no order: its orderId" + fault);
  }
  // The very text where it can be had, so that numbers stay as their writer wrote them.
  const std::string content = &order == &body ? message.body : documents::to_text(order);
  return {std::move(name), "{\"order\":" + content, about_queue(message)};
}

std::string execution_arn(const std::string& state_machine_arn, const std::string& name) {
  auto arn = cloud::Arn::parse(state_machine_arn);
  if (!arn) throw std::invalid_argument("not the ARN of a state machine: " + state_machine_arn);
  arn->resource = "execution" + arn->resource.substr(arn->resource.find(':')) + ':' + name;
  return arn->str();
}

// Whether the error is about what was asked, and not about the state machine or the time.
bool is_about_the_order(const cloud::Error& error) {
  return error.code() == "InvalidName" || error.code() == "InvalidExecutionInput" ||
         error.code() == "ValidationException";
}

}  // namespace

std::string why_no_order(const std::string& body) {
  QueueMessage message;
  message.body = body;
  try {
    start_of(message);
  } catch (const NotAnOrder& error) {
    return error.what();
  }
  return "it could not be started, or its orderId is another order's";
}

std::optional<std::string> order_id_in(const std::string& body) {
  json::error_code error;
  const json::value message = json::parse(body, error);
  const auto id = error ? std::nullopt : text(order_in(message), "orderId");
  if (!id) return std::nullopt;
  return std::string(*id);
}

struct StartOrderWorkflow::Parts {
  cloud::StepFunctions& step_functions;
  const std::string state_machine_arn;
  const Observer observer;
  Releaser releaser;

  // Holds its parts, so that a call outlives the function it was made to.
  static cloud::Async<json::value> handle(std::shared_ptr<Parts> parts, json::value event);

  // What went wrong, if anything did. Never throws.
  cloud::Async<std::optional<MessageFailure>> deal_with(const QueueMessage& message);
  cloud::Async<void> start(Start order);
  cloud::Async<void> compare_with_first(Start order);
};

cloud::Async<void> StartOrderWorkflow::Parts::start(Start order) {
  cloud::StartExecutionInput request;
  request.stateMachineArn = state_machine_arn;
  request.name = order.name;
  request.input = order.input();
  bool exists = false;
  try {
    co_await step_functions.StartExecution(std::move(request));
  } catch (const cloud::Error& error) {
    if (is_about_the_order(error)) throw NotAnOrder(error.message());
    if (error.code() != "ExecutionAlreadyExists") throw;
    exists = true;
  }
  if (exists) co_await compare_with_first(std::move(order));
}

// It may have ended, or have come by another message, and is the same order all the same.
cloud::Async<void> StartOrderWorkflow::Parts::compare_with_first(Start order) {
  cloud::DescribeExecutionInput request;
  request.executionArn = execution_arn(state_machine_arn, order.name);
  const auto first = co_await step_functions.DescribeExecution(std::move(request));
  if (!first.input.starts_with(order.order + ",\"queue\":")) {
    throw NotAnOrder("order " + order.name + " has been taken already, with other content");
  }
}

cloud::Async<std::optional<MessageFailure>> StartOrderWorkflow::Parts::deal_with(
    const QueueMessage& message) {
  MessageFailure failure{message.id, false, message.receives, {}};
  try {
    Start order = start_of(message);
    co_await start(std::move(order));
    co_return std::nullopt;
  } catch (const NotAnOrder& error) {
    failure.permanent = true;
    failure.reason = error.what();
  } catch (const std::exception& error) {
    failure.reason = error.what();
  }
  co_return failure;
}

cloud::Async<json::value> StartOrderWorkflow::Parts::handle(std::shared_ptr<Parts> parts,
                                                            json::value event) {
  const std::vector<QueueMessage> messages = parse_sqs_event(event);
  std::vector<MessageFailure> failures;
  std::vector<const QueueMessage*> hopeless;
  std::function<cloud::Async<void>(std::size_t)> deal_with =
      [&](std::size_t i) -> cloud::Async<void> {
    auto failure = co_await parts->deal_with(messages[i]);
    if (!failure) co_return;
    if (failure->permanent) hopeless.push_back(&messages[i]);
    failures.push_back(std::move(*failure));
  };
  co_await concurrently(messages.size(), kStartsMax, std::move(deal_with));
  co_await parts->releaser.release(std::move(hopeless));
  if (parts->observer) {
    for (const MessageFailure& failure : failures) parts->observer(failure);
  }
  co_return batch_item_failures(failures);
}

StartOrderWorkflow::StartOrderWorkflow(cloud::StepFunctions& step_functions, cloud::Sqs& sqs,
                                       std::string state_machine_arn, Observer observer)
    : parts_(new Parts{step_functions, std::move(state_machine_arn), std::move(observer),
                       Releaser(sqs)}) {}

cloud::Async<json::value> StartOrderWorkflow::operator()(json::value event, cloud::Context) const {
  return Parts::handle(parts_, std::move(event));
}

}  // namespace doorbuster::functions
