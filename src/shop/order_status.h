// Where an order stands: what its execution of the checkout's workflow and the functions' databases
// say of it.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/arn.h"
#include "cloud/step_functions.h"
#include "orders/order.h"

namespace doorbuster::shop {

// In the order in which an order gets there; the last three end it before it is shipped.
enum class OrderState : unsigned char {
  accepted,   // durable in the queue
  validated,  // the workflow has found nothing against it
  paid,
  invoiced,  // its invoice is in the bucket
  shipped,   // by ShipInvoices
  recorded,  // by RecordSales
  invalid,
  declined,  // by the payment provider
  failed,    // it couldn't go on; a person has to look
};

// "accepted".
std::string_view to_text(OrderState state);

struct OrderEvent {
  OrderState state = OrderState::accepted;
  cloud::Time at{};
  std::string reason;  // of one that ends it; English
};

// Why an order was ended as a word that a page has in its reader's language: "card_expired", or
// "invalid_" with the name of the first field that isn't as it must be. Empty if it is no such
// reason.
std::string code_of(const OrderEvent& event);

struct OrderStatus {
  std::string number;
  std::optional<orders::Order> order;  // what was ordered, as far as it can be read
  std::vector<OrderEvent> events;      // by their time

  const OrderEvent* find(OrderState state) const;
  // Whether nothing more will happen to it.
  bool is_final() const;
};

// When the functions had an order's invoice done: nothing if they haven't. What they throw, the
// tracker throws.
struct Books {
  using Lookup = std::function<cloud::Async<std::optional<cloud::Time>>(std::string number)>;
  Lookup shipped;
  Lookup recorded;
};

// May be used from any thread. What it is given outlives it and its operations.
class OrderTracker {
 public:
  OrderTracker(cloud::StepFunctions& step_functions, cloud::Scope scope, Books books);

  // Nothing if there is no execution of that name. Throws cloud::Error.
  cloud::Async<std::optional<OrderStatus>> find(std::string number) const;

  // The input of its execution, in JSON; nothing if there is none. Throws cloud::Error.
  cloud::Async<std::optional<std::string>> input(std::string number) const;

 private:
  cloud::Async<std::optional<cloud::DescribeExecutionOutput>> describe(std::string number) const;
  cloud::Async<void> add_workflow(OrderStatus& status, std::string execution_arn) const;
  cloud::Async<void> add_books(OrderStatus& status) const;

  cloud::StepFunctions& step_functions_;
  const cloud::Scope scope_;
  const Books books_;
};

// What stands in the order's message, or in the input of its execution; nothing if it is no order.
std::optional<orders::Order> order_in(std::string_view json);

// Whether an execution with this input was started for an order with this text.
bool is_started_for(std::string_view input, std::string_view order);

}  // namespace doorbuster::shop
