// The functions of the checkout, as they are built into this program.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "cli/system.h"
#include "cloud/lambda.h"
#include "functions/simulated_payments.h"
#include "orders/order.h"

namespace doorbuster::cli {

// How the checkout judges orders, and what its payment provider is like.
struct CheckoutOptions {
  orders::OrderRules rules;
  functions::SimulatedPaymentsOptions payments{.latency = std::chrono::milliseconds(200)};
};

// Functions of the checkout: ValidateOrder, ProcessPayment, SendNotification, StartOrderWorkflow.
// The system, whose services and ledger they use, and the clock outlive their calls, as does this.
class CheckoutFunctions {
 public:
  // Throws CommandError, saying which option is out of its range.
  CheckoutFunctions(System& system, const cloud::Clock& clock, const CheckoutOptions& options);

  // By their names.
  const std::map<std::string, cloud::Handler>& handlers() const { return handlers_; }

 private:
  functions::SimulatedPayments payments_;
  std::map<std::string, cloud::Handler> handlers_;
};

}  // namespace doorbuster::cli
