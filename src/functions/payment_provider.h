// Whoever takes the customers' money: a company far away, which is slow and sometimes not there.
#pragma once

#include <string>

#include "cloud/async.h"
#include "functions/payment_ledger.h"

namespace doorbuster::functions {

struct PaymentRequest {
  std::string idempotency_key;
  std::string order_id;
  orders::Money amount;
  int attempt = 0;  // how often this request has been made before
};

// The codes of the errors that a provider answers with.
// It can't be reached, or its answer was lost: the payment may have been decided or not, and the
// same request may be made again.
inline constexpr const char* kProviderUnavailable = "PaymentProviderUnavailable";
// The idempotency key has been used for another amount.
inline constexpr const char* kPaymentConflict = "PaymentConflict";

// May be called from any thread, again before an earlier call has ended; outlives its calls.
class PaymentProvider {
 public:
  virtual ~PaymentProvider() = default;

  // Decides once per idempotency key: whoever asks again gets the same payment. It may take
  // seconds, in which no thread is held. Throws cloud::Error of the codes above, DatabaseError and
  // DatabaseBusy.
  virtual cloud::Async<Payment> charge(PaymentRequest request) = 0;
};

}  // namespace doorbuster::functions
