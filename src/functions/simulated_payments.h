// A payment provider that nobody has to have an account with.
#pragma once

#include <chrono>
#include <cstdint>

#include "functions/group_commit.h"
#include "functions/payment_provider.h"

namespace doorbuster::functions {

// Well below what a function may take: a call that is cut off does not know whether it charged.
inline constexpr std::chrono::milliseconds kPaymentLatencyMax = std::chrono::seconds(20);

struct SimulatedPaymentsOptions {
  std::chrono::milliseconds latency{0};  // of each request that gets through
  double decline_rate = 0;               // share of payments that are declined, 0 to 1
  double outage_rate = 0;                // share of requests that meet an outage, 0 to 1
  std::uint64_t seed = 1;                // of other declines and outages
};

// Chance is a hash of the seed, the idempotency key and, for outages, the attempt: the same orders
// fare the same in every run, however often it is begun anew.
//
// An outage either refuses the request at once, or comes between the charge and its answer, which
// is why a retry must be recognised. The latter befalls only the first few attempts, and only who
// gets through with the next: so whom an outage makes give up after that has not been charged.
class SimulatedPayments final : public PaymentProvider {
 public:
  // What it is given outlives it. Throws std::invalid_argument, saying which option is out of its
  // range.
  SimulatedPayments(PaymentLedger& ledger, const cloud::Clock& clock,
                    const SimulatedPaymentsOptions& options);

  cloud::Async<Payment> charge(PaymentRequest request) override;

 private:
  enum class Outage { none, refused, answer_lost };

  Outage outage(const PaymentRequest& request) const;
  bool meets_outage(const std::string& key, int attempt) const;
  Payment decide(const PaymentRequest& request) const;

  const cloud::Clock& clock_;
  const SimulatedPaymentsOptions options_;
  GroupCommit<Payment, Payment> group_;
};

}  // namespace doorbuster::functions
