#include "cli/bootstrap.h"

#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>

#include "cli/remote.h"
#include "functions/process_payment.h"
#include "functions/record_sales.h"
#include "functions/send_notification.h"
#include "functions/ship_invoices.h"
#include "functions/simulated_payments.h"
#include "functions/start_order_workflow.h"
#include "functions/validate_order.h"
#include "runtime/bootstrap.h"

namespace doorbuster::cli {
namespace {

// What a function stands on; there is only what it has asked for.
class Ground {
 public:
  cloud::Handler validate_order() { return functions::ValidateOrder(rules_); }

  cloud::Handler process_payment() {
    ledger_.emplace(database());
    payments_.emplace(*ledger_, clock_, functions::SimulatedPaymentsOptions());
    return functions::ProcessPayment(*payments_, rules_, no_metrics_);
  }

  cloud::Handler send_notification() {
    System& system = connect();
    return functions::SendNotification(system.sns(), topology::notifications_arn(system.scope()));
  }

  cloud::Handler start_order_workflow() {
    System& system = connect();
    return functions::StartOrderWorkflow(system.step_functions(), system.sqs(),
                                         topology::state_machine_arn(system.scope()));
  }

  cloud::Handler ship_invoices() {
    functions::ShippingOptions options;
    options.database = database();
    shipping_.emplace(options);
    System& system = connect();
    return functions::ShipInvoices(system.s3(), system.sqs(), *shipping_, clock_);
  }

  cloud::Handler record_sales() {
    sales_.emplace(database());
    System& system = connect();
    return functions::RecordSales(system.s3(), system.sqs(), *sales_, clock_);
  }

 private:
  System& connect() {
    return cloud_.emplace(aws::read_settings(aws::process_variables()), std::nullopt);
  }

  static functions::DatabaseOptions database() {
    const char* file = std::getenv("DATABASE");  // NOLINT(concurrency-mt-unsafe): never set here
    if (!file) {
      throw std::runtime_error("where is the function's database? DATABASE names its file");
    }
    functions::DatabaseOptions options;
    options.path = file;
    return options;
  }

  const cloud::SystemClock clock_;
  const orders::OrderRules rules_;
  cloud::NoMetrics no_metrics_;
  std::optional<Remote> cloud_;
  std::optional<functions::PaymentLedger> ledger_;
  std::optional<functions::SimulatedPayments> payments_;
  std::optional<functions::ShippingDatabase> shipping_;
  std::optional<functions::SalesDatabase> sales_;
};

using Make = cloud::Handler (Ground::*)();

const std::map<std::string, Make> kFunctions = {
    {topology::kValidateOrder, &Ground::validate_order},
    {topology::kProcessPayment, &Ground::process_payment},
    {topology::kSendNotification, &Ground::send_notification},
    {topology::kStartOrderWorkflow, &Ground::start_order_workflow},
    {"ShipInvoices", &Ground::ship_invoices},
    {"RecordSales", &Ground::record_sales}};

}  // namespace

int bootstrap() {
  Ground ground;
  std::map<std::string, runtime::MakeHandler> makers;
  for (const auto& [name, make] : kFunctions) makers[name] = std::bind_front(make, &ground);
  return runtime::run_bootstrap(makers);
}

}  // namespace doorbuster::cli
