#include "functions/simulated_payments.h"

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <cstdio>
#include <stdexcept>

#include "cloud/error.h"
#include "orders/chance.h"

namespace doorbuster::functions {
namespace {

// Payments that one transaction takes at the most.
constexpr std::size_t kGroupMax = 1'000;

// Attempts whose answer can be lost: everybody makes one more.
constexpr int kLostAttemptsMax = 4;

constexpr std::array<const char*, 4> kReasons = {
    "the card has expired", "the card's limit is exceeded", "the account has insufficient funds",
    "the bank suspects fraud"};

// What chance is asked for; each has numbers of its own.
enum Purpose : std::uint64_t { kDecline = 1, kReason, kTransaction, kOutage, kOutageKind };

std::string transaction_id(std::uint64_t number) {
  std::array<char, 24> text;
  const int length = std::snprintf(text.data(), text.size(), "TXN-%016llX",
                                   static_cast<unsigned long long>(number));
  return {text.data(), static_cast<std::size_t>(length)};
}

void check(bool in_range, const char* rule) {
  if (!in_range) throw std::invalid_argument(rule);
}

}  // namespace

SimulatedPayments::SimulatedPayments(PaymentLedger& ledger, const cloud::Clock& clock,
                                     const SimulatedPaymentsOptions& options)
    : clock_(clock),
      options_(options),
      group_(kGroupMax, [&ledger](const auto& payments) { return ledger.record(payments); }) {
  check(options.latency.count() >= 0 && options.latency <= kPaymentLatencyMax,
        "the payments' latency must be from 0 to 20000 ms");
  check(options.decline_rate >= 0 && options.decline_rate <= 1,
        "the decline rate must be from 0 to 1");
  check(options.outage_rate >= 0 && options.outage_rate <= 1,
        "the outage rate must be from 0 to 1");
}

cloud::Async<Payment> SimulatedPayments::charge(PaymentRequest request) {
  const Outage met = outage(request);
  if (met == Outage::refused) {
    throw cloud::Error(kProviderUnavailable, "The payment provider can't be reached.", 503);
  }
  if (options_.latency.count() > 0) {  // or it would go through the reactor for nothing
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, options_.latency);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  Payment decided = decide(request);
  Payment payment = co_await group_.add(std::move(decided));
  if (payment.amount != request.amount) {
    throw cloud::Error(kPaymentConflict, "A payment of " + payment.amount.str() + " has the key " +
                                             request.idempotency_key + ", another of " +
                                             request.amount.str() + " can't have it.");
  }
  if (met == Outage::answer_lost) {
    throw cloud::Error(kProviderUnavailable, "The payment provider's answer was lost.", 503);
  }
  co_return payment;
}

SimulatedPayments::Outage SimulatedPayments::outage(const PaymentRequest& request) const {
  const std::string& key = request.idempotency_key;
  if (!meets_outage(key, request.attempt)) return Outage::none;
  if (request.attempt >= kLostAttemptsMax || meets_outage(key, request.attempt + 1)) {
    return Outage::refused;
  }
  const auto kind =
      orders::hash_of(options_.seed, kOutageKind, key, static_cast<std::uint64_t>(request.attempt));
  return orders::chance(kind, 0.5) ? Outage::answer_lost : Outage::refused;
}

bool SimulatedPayments::meets_outage(const std::string& key, int attempt) const {
  const auto hash =
      orders::hash_of(options_.seed, kOutage, key, static_cast<std::uint64_t>(attempt));
  return orders::chance(hash, options_.outage_rate);
}

Payment SimulatedPayments::decide(const PaymentRequest& request) const {
  const auto number = [&](Purpose purpose) {
    return orders::hash_of(options_.seed, purpose, request.idempotency_key, 0);
  };
  Payment payment;
  payment.idempotency_key = request.idempotency_key;
  payment.order_id = request.order_id;
  payment.amount = request.amount;
  payment.taken = !orders::chance(number(kDecline), options_.decline_rate);
  if (!payment.taken) payment.reason = kReasons.at(number(kReason) % kReasons.size());
  payment.transaction_id = transaction_id(number(kTransaction));
  payment.at = clock_.now();
  return payment;
}

}  // namespace doorbuster::functions
