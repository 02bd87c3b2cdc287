// The proof for the checkout: every execution against the payment and the invoice of its order.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "cli/system.h"

namespace doorbuster::cli {

struct CheckoutReconciled {
  std::uint64_t executions = 0;
  std::uint64_t completed = 0;
  std::uint64_t declined = 0;  // ended because their payment was
  std::uint64_t refused = 0;   // ended by the workflow, not charged: invalid, or an outage
  std::uint64_t running = 0;
  std::uint64_t waiting = 0;  // in the queue
  std::uint64_t dead_lettered = 0;
  std::uint64_t charged = 0;  // payments that were taken

  // By their orders' ids.
  std::vector<std::string> charged_in_vain;    // charged, and ended without being completed
  std::vector<std::string> stuck;              // ended in between, and told nobody; not charged
  std::vector<std::string> not_charged;        // completed, but never charged
  std::vector<std::string> without_invoice;    // completed, but no invoice is in the bucket
  std::vector<std::string> without_execution;  // charged, but no execution is known

  bool clean() const {
    return charged_in_vain.empty() && stuck.empty() && not_charged.empty() &&
           without_invoice.empty() && without_execution.empty();
  }
};

// An order is charged at most once because the ledger has one payment for each.
CheckoutReconciled reconcile_checkout(System& system, const topology::Checkout& checkout,
                                      const std::string& bucket);

boost::json::object to_json(const CheckoutReconciled& result);
std::string to_text(const CheckoutReconciled& result);

}  // namespace doorbuster::cli
