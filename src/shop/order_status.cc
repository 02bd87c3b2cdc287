#include "shop/order_status.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string_view>
#include <utility>

#include "orders/order_json.h"
#include "orders/timestamp.h"
#include "topology/checkout.h"

namespace doorbuster::shop {
namespace {

namespace json = boost::json;

constexpr int kEventsPerPage = 1000;  // the most that Step Functions gives at once

// What it means that the workflow enters or leaves one of its states, by the names in
// topology/OrderProcessingWorkflow.asl.json.
struct Milestone {
  std::string_view event;  // the type
  std::string_view name;   // of the workflow's state
  OrderState state;
};
constexpr std::array<Milestone, 3> kMilestones{{
    {"TaskStateEntered", "ProcessPayment", OrderState::validated},
    {"TaskStateEntered", "PutInvoice", OrderState::paid},
    {"TaskStateExited", "PutInvoice", OrderState::invoiced},
}};

// What the payment provider says, and its word for pages.
using Decline = std::pair<std::string_view, std::string_view>;
constexpr std::array<Decline, 4> kDeclines{{
    {"the card has expired", "card_expired"},
    {"the card's limit is exceeded", "limit_exceeded"},
    {"the account has insufficient funds", "insufficient_funds"},
    {"the bank suspects fraud", "suspected_fraud"},
}};

const json::value* member(const json::value& value, std::string_view name) {
  const json::object* object = value.if_object();
  return object == nullptr ? nullptr : object->if_contains(name);
}

// StartOrderWorkflow notes when the message came into the queue.
std::optional<cloud::Time> queued_at(const std::string& text) {
  json::error_code error;
  const json::value input = json::parse(text, error);
  const json::value* queue = error ? nullptr : member(input, "queue");
  const json::value* sent = queue == nullptr ? nullptr : member(*queue, "sentAt");
  if (sent == nullptr || !sent->is_string()) return std::nullopt;
  return orders::parse_instant(std::string_view(sent->get_string()));
}

// The error of the workflow's last state says how it ended.
OrderState end_of(const std::string& error) {
  if (error == "OrderInvalid") return OrderState::invalid;
  if (error == "PaymentDeclined") return OrderState::declined;
  return OrderState::failed;
}

std::string_view name_in(const cloud::HistoryEvent& event) {
  for (const char* details : {"stateEnteredEventDetails", "stateExitedEventDetails"}) {
    const auto found = event.details.find(details);
    if (found == event.details.end()) continue;
    const json::value* name = member(found->second, "name");
    if (name != nullptr && name->is_string()) return name->get_string();
  }
  return {};
}

// A state that is entered again after a redrive keeps its first time.
void add(OrderStatus& status, OrderEvent event) {
  if (status.find(event.state) == nullptr) status.events.push_back(std::move(event));
}

void add_milestone(OrderStatus& status, const cloud::HistoryEvent& event) {
  const auto name = name_in(event);
  for (const Milestone& milestone : kMilestones) {
    if (event.type == milestone.event && name == milestone.name) {
      add(status, {milestone.state, event.timestamp, {}});
    }
  }
}

void sort_by_time(std::vector<OrderEvent>& events) {
  std::stable_sort(events.begin(), events.end(), [](const OrderEvent& a, const OrderEvent& b) {
    return std::pair(a.at, a.state) < std::pair(b.at, b.state);
  });
}

}  // namespace

std::string_view to_text(OrderState state) {
  switch (state) {
    case OrderState::accepted:
      return "accepted";
    case OrderState::validated:
      return "validated";
    case OrderState::paid:
      return "paid";
    case OrderState::invoiced:
      return "invoiced";
    case OrderState::shipped:
      return "shipped";
    case OrderState::recorded:
      return "recorded";
    case OrderState::invalid:
      return "invalid";
    case OrderState::declined:
      return "declined";
    case OrderState::failed:
      break;
  }
  return "failed";
}

std::string code_of(const OrderEvent& event) {
  if (event.state == OrderState::declined) {
    const auto known = std::find_if(kDeclines.begin(), kDeclines.end(),
                                    [&](const auto& each) { return each.first == event.reason; });
    return known == kDeclines.end() ? std::string() : std::string(known->second);
  }
  const auto end = event.reason.find('"', 1);
  if (event.state != OrderState::invalid || !event.reason.starts_with('"') ||
      end == std::string::npos) {
    return {};
  }
  return "invalid_" + event.reason.substr(1, end - 1);
}

const OrderEvent* OrderStatus::find(OrderState state) const {
  const auto found = std::find_if(events.begin(), events.end(), [state](const OrderEvent& event) {
    return event.state == state;
  });
  return found == events.end() ? nullptr : &*found;
}

bool OrderStatus::is_final() const {
  for (const auto end : {OrderState::invalid, OrderState::declined, OrderState::failed}) {
    if (find(end) != nullptr) return true;
  }
  return find(OrderState::shipped) != nullptr && find(OrderState::recorded) != nullptr;
}

std::optional<orders::Order> order_in(std::string_view text) {
  json::error_code error;
  const json::value input = json::parse(text, error);
  if (error) return std::nullopt;
  const json::value* wrapped = member(input, "order");
  // Whatever the limit was when it was taken.
  orders::OrderRules rules;
  rules.amount_below = orders::Money::from_ten_thousandths(100'000'000'000 * orders::Money::kUnit);
  return orders::parse_order(wrapped == nullptr ? input : *wrapped, rules).order;
}

// Behind the order there is what StartOrderWorkflow knows of its message.
bool is_started_for(std::string_view input, std::string_view order) {
  constexpr std::string_view kBegin = R"({"order":)";
  if (!input.starts_with(kBegin)) return false;
  input.remove_prefix(kBegin.size());
  if (!input.starts_with(order)) return false;
  input.remove_prefix(order.size());
  return input.starts_with('}') || input.starts_with(',');
}

OrderTracker::OrderTracker(cloud::StepFunctions& step_functions, cloud::Scope scope, Books books)
    : step_functions_(step_functions), scope_(std::move(scope)), books_(std::move(books)) {}

cloud::Async<std::optional<cloud::DescribeExecutionOutput>> OrderTracker::describe(
    std::string number) const {
  cloud::DescribeExecutionInput request;
  request.executionArn = topology::execution_arn(scope_, number);
  try {
    co_return co_await step_functions_.DescribeExecution(std::move(request));
  } catch (const cloud::Error& e) {
    if (e.code() != "ExecutionDoesNotExist") throw;
  }
  co_return std::nullopt;
}

cloud::Async<std::optional<std::string>> OrderTracker::input(std::string number) const {
  auto execution = co_await describe(std::move(number));
  if (!execution) co_return std::nullopt;
  co_return std::move(execution->input);
}

cloud::Async<std::optional<OrderStatus>> OrderTracker::find(std::string number) const {
  const auto execution = co_await describe(number);
  if (!execution) co_return std::nullopt;
  OrderStatus status;
  status.number = std::move(number);
  status.order = order_in(execution->input);
  add(status,
      {OrderState::accepted, queued_at(execution->input).value_or(execution->startDate), {}});
  co_await add_workflow(status, execution->executionArn);
  const bool ended = execution->status != "RUNNING" && execution->status != "SUCCEEDED" &&
                     execution->status != "PENDING_REDRIVE";
  if (ended) {
    const std::string& why = execution->cause.empty() ? execution->error : execution->cause;
    add(status, {end_of(execution->error), execution->stopDate, why});
  }
  if (status.find(OrderState::invoiced) != nullptr) co_await add_books(status);
  sort_by_time(status.events);
  co_return status;
}

cloud::Async<void> OrderTracker::add_workflow(OrderStatus& status,
                                              std::string execution_arn) const {
  cloud::GetExecutionHistoryInput request;
  request.executionArn = std::move(execution_arn);
  request.maxResults = kEventsPerPage;
  request.includeExecutionData = false;
  for (;;) {
    const auto page = co_await step_functions_.GetExecutionHistory(request);
    for (const auto& event : page.events) add_milestone(status, event);
    if (page.nextToken.empty()) co_return;
    request.nextToken = page.nextToken;
  }
}

cloud::Async<void> OrderTracker::add_books(OrderStatus& status) const {
  const auto shipped = co_await books_.shipped(status.number);
  if (shipped) add(status, {OrderState::shipped, *shipped, {}});
  const auto recorded = co_await books_.recorded(status.number);
  if (recorded) add(status, {OrderState::recorded, *recorded, {}});
  // The workflow may hear that the invoice is in the bucket after those who wait for it.
  for (OrderEvent& event : status.events) {
    if (event.state != OrderState::invoiced) continue;
    event.at = std::min({event.at, shipped.value_or(event.at), recorded.value_or(event.at)});
  }
}

}  // namespace doorbuster::shop
