#include "cli/checkout_reconcile.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>

#include "cli/terminal.h"
#include "functions/start_order_workflow.h"

namespace doorbuster::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kNamed = 20;  // ids that the text spells out
constexpr int kPageMax = 1'000;     // executions that Step Functions lists at once

// Each execution's status, by its name.
std::map<std::string, std::string> executions(System& system, const std::string& machine) {
  std::map<std::string, std::string> all;
  cloud::ListExecutionsInput list;
  list.stateMachineArn = machine;
  list.maxResults = kPageMax;
  do {
    auto page = system.wait(system.step_functions().ListExecutions(list));
    for (auto& execution : page.executions) {
      all[std::move(execution.name)] = std::move(execution.status);
    }
    list.nextToken = std::move(page.nextToken);
  } while (!list.nextToken.empty());
  return all;
}

std::set<std::string> invoices(System& system, const std::string& bucket) {
  constexpr std::string_view kPrefix = "invoices/";
  constexpr std::string_view kSuffix = ".json";
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

// An execution is named by its order, unless somebody started it by hand: then its input says which
// order it is for. One that has a payment by its name needs no asking.
std::string order_of(System& system, const Payments& paid, const std::string& execution) {
  if (paid.contains(execution)) return execution;
  cloud::DescribeExecutionInput describe;
  describe.executionArn = topology::execution_arn(system.scope(), execution);
  const auto found = system.wait(system.step_functions().DescribeExecution(std::move(describe)));
  return functions::order_id_in(found.input).value_or(execution);
}

void judge(CheckoutReconciled& result, const std::string& id, const std::string& status,
           std::optional<bool> payment, const std::set<std::string>& invoiced) {
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
  } else {
    ++(payment ? result.declined : result.refused);
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
  const auto started = executions(system, checkout.state_machine_arn);
  const auto invoiced = invoices(system, bucket);
  std::set<std::string> ordered;
  for (const auto& [execution, status] : started) {
    const std::string id = order_of(system, paid, execution);
    judge(result, id, status, payment_of(system, paid, id), invoiced);
    ordered.insert(id);
  }
  for (const auto& [id, taken] : paid) {
    if (!taken) continue;
    ++result.charged;
    if (!ordered.contains(id)) result.without_execution.push_back(id);
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
                     name_ids("completed but not charged", result.not_charged) +
                     name_ids("completed without an invoice", result.without_invoice) +
                     name_ids("charged without an execution", result.without_execution);
  if (!result.clean()) return text;
  return text + "  Every order that was charged was charged once, and is completed or under way.\n";
}

}  // namespace doorbuster::cli
