#include "cli/checkout_reconcile.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>

#include "cli/order_trace.h"
#include "cli/terminal.h"

namespace doorbuster::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kNamed = 20;  // ids that the text spells out
constexpr int kPageMax = 1'000;     // executions that Step Functions lists at once

struct Started {
  std::string arn;
  std::string order;  // whose execution it is: it has its name, unless somebody started it by hand
  std::string status;
};

std::vector<Started> executions(System& system, const std::string& machine) {
  std::vector<Started> all;
  cloud::ListExecutionsInput list;
  list.stateMachineArn = machine;
  list.maxResults = kPageMax;
  do {
    auto page = system.wait(system.step_functions().ListExecutions(list));
    for (auto& execution : page.executions) {
      all.push_back({std::move(execution.executionArn), std::move(execution.name),
                     std::move(execution.status)});
    }
    list.nextToken = std::move(page.nextToken);
  } while (!list.nextToken.empty());
  return all;
}

std::set<std::string> invoices(System& system, const std::string& bucket) {
  constexpr std::string_view kPrefix = topology::kInvoicePrefix;
  constexpr std::string_view kSuffix = topology::kInvoiceSuffix;
  std::set<std::string> numbers;
  cloud::ListObjectsV2Request list;
  list.Bucket = bucket;
  list.Prefix = kPrefix;
  do {
    auto page = system.wait(system.s3().ListObjectsV2(list));
    for (const auto& object : page.Contents) {
      if (!object.Key.ends_with(kSuffix)) continue;
      numbers.insert(
          object.Key.substr(kPrefix.size(), object.Key.size() - kPrefix.size() - kSuffix.size()));
    }
    list.ContinuationToken = std::move(page.NextContinuationToken);
  } while (!list.ContinuationToken.empty());
  return numbers;
}

// What an order's payment was: taken or not.
using Payments = std::map<std::string, bool>;

Payments payments(System& system) {
  Payments all;
  system.payments().for_each(
      [&all](const functions::Payment& payment) { all[payment.order_id] = payment.taken; });
  return all;
}

// Nothing if no payment was decided. The ledger may have gone on since it was read.
std::optional<bool> payment_of(System& system, const Payments& read, const std::string& id) {
  if (const auto found = read.find(id); found != read.end()) return found->second;
  const auto later = system.payments().find(id);
  if (!later) return std::nullopt;
  return later->taken;
}

std::set<std::string> orders_of(const std::vector<Started>& started) {
  std::set<std::string> orders;
  for (const auto& execution : started) orders.insert(execution.order);
  return orders;
}

// Of executions that nobody has paid for by their names, the input says whose they are. To ask for
// it is dear, so it is done only where something doesn't add up.
void look_into_inputs(System& system, std::vector<Started>& started, const Payments& paid) {
  const auto named = orders_of(started);
  const bool strays = std::any_of(paid.begin(), paid.end(), [&](const auto& payment) {
    return payment.second && !named.contains(payment.first);
  });
  for (auto& execution : started) {
    if (!strays && execution.status != "SUCCEEDED") continue;
    if (payment_of(system, paid, execution.order)) continue;
    auto order = order_started_by(system, execution.arn);
    if (order) execution.order = std::move(*order);
  }
}

// Whether the workflow has seen it through to a refusal, which its customer was told.
bool was_refused(System& system, const std::string& execution_arn) {
  const auto execution = find_execution(system, execution_arn);
  return execution && (execution->error == "OrderInvalid" || execution->error == "PaymentFailed");
}

void judge(System& system, CheckoutReconciled& result, const Started& execution,
           std::optional<bool> payment, const std::set<std::string>& invoiced) {
  const auto& [arn, id, status] = execution;
  const bool charged = payment.value_or(false);
  ++result.executions;
  if (status == "RUNNING") {
    ++result.running;
  } else if (status == "SUCCEEDED") {
    ++result.completed;
    if (!charged) result.not_charged.push_back(id);
    if (!invoiced.contains(id)) result.without_invoice.push_back(id);
  } else if (charged) {
    result.charged_in_vain.push_back(id);
  } else if (payment) {
    ++result.declined;
  } else if (was_refused(system, arn)) {
    ++result.refused;
  } else {
    result.stuck.push_back(id);
  }
}

std::string name_ids(const char* what, const std::vector<std::string>& ids) {
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), kNamed); ++i) {
    text += std::string("  ") + what + ": " + ids[i] + '\n';
  }
  if (ids.size() <= kNamed) return text;
  return text + "  … and " + grouped(static_cast<std::int64_t>(ids.size() - kNamed)) + " more " +
         what + " (--json names them all)\n";
}

}  // namespace

// In this order, so that on a system at work what belongs to something that was seen is seen, too:
// whoever is charged has an execution by then, and who has completed an invoice.
CheckoutReconciled reconcile_checkout(System& system, const topology::Checkout& checkout,
                                      const std::string& bucket) {
  CheckoutReconciled result;
  result.waiting = system.depth(checkout.orders.url);
  result.dead_lettered = system.depth(checkout.orders.dead_letter_url);
  const auto paid = payments(system);
  auto started = executions(system, checkout.state_machine_arn);
  const auto invoiced = invoices(system, bucket);
  look_into_inputs(system, started, paid);
  for (const auto& execution : started) {
    judge(system, result, execution, payment_of(system, paid, execution.order), invoiced);
  }
  const auto known = orders_of(started);
  for (const auto& [id, taken] : paid) {
    if (!taken) continue;
    ++result.charged;
    if (!known.contains(id)) result.without_execution.push_back(id);
  }
  return result;
}

json::object to_json(const CheckoutReconciled& result) {
  return {{"executions", result.executions},
          {"completed", result.completed},
          {"declined", result.declined},
          {"refused", result.refused},
          {"running", result.running},
          {"waiting", result.waiting},
          {"dead_lettered", result.dead_lettered},
          {"charged", result.charged},
          {"charged_in_vain", json::value_from(result.charged_in_vain)},
          {"stuck", json::value_from(result.stuck)},
          {"not_charged", json::value_from(result.not_charged)},
          {"without_invoice", json::value_from(result.without_invoice)},
          {"without_execution", json::value_from(result.without_execution)}};
}

std::string to_text(const CheckoutReconciled& result) {
  const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
  Table table({"", ">orders", ">completed", ">declined", ">refused", ">running", ">waiting",
               ">dead letters", ">charged"});
  table.row({"checkout", number(result.executions), number(result.completed),
             number(result.declined), number(result.refused), number(result.running),
             number(result.waiting), number(result.dead_lettered), number(result.charged)});
  std::string text = table.str() + name_ids("charged in vain", result.charged_in_vain) +
                     name_ids("stuck", result.stuck) +
                     name_ids("completed but not charged", result.not_charged) +
                     name_ids("completed without an invoice", result.without_invoice) +
                     name_ids("charged without an execution", result.without_execution);
  if (!result.stuck.empty() || !result.charged_in_vain.empty()) {
    text +=
        "  What is stuck or charged in vain goes on where it stopped, once its cause is mended: "
        "aws stepfunctions redrive-execution, or Redrive in the console.\n";
  }
  if (!result.clean()) return text;
  return text + "  Every order that was charged was charged once, and is completed or under way.\n";
}

}  // namespace doorbuster::cli
