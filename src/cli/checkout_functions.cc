#include "cli/checkout_functions.h"

#include "functions/process_payment.h"
#include "functions/send_notification.h"
#include "functions/start_order_workflow.h"
#include "functions/validate_order.h"

namespace doorbuster::cli {
namespace {

static_assert(functions::kPaymentLatencyMax < std::chrono::seconds(topology::kFunctionTimeout_s));

functions::SimulatedPayments payments_of(System& system, const cloud::Clock& clock,
                                         const CheckoutOptions& options) try {
  return {system.payments(), clock, options.payments};
} catch (const std::invalid_argument& e) {
  throw CommandError(2, e.what());
}

}  // namespace

CheckoutFunctions::CheckoutFunctions(System& system, const cloud::Clock& clock,
                                     const CheckoutOptions& options)
    : payments_(payments_of(system, clock, options)) {
  const auto scope = system.scope();
  handlers_[topology::kValidateOrder] = functions::ValidateOrder(options.rules);
  handlers_[topology::kProcessPayment] =
      functions::ProcessPayment(payments_, options.rules, system.recorder());
  handlers_[topology::kSendNotification] =
      functions::SendNotification(system.sns(), topology::notifications_arn(scope));
  handlers_[topology::kStartOrderWorkflow] = functions::StartOrderWorkflow(
      system.step_functions(), system.sqs(), topology::state_machine_arn(scope));
}

}  // namespace doorbuster::cli
