#include "functions/simulated_payments.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <set>

#include "cloud/error.h"
#include "functions/testing.h"

namespace doorbuster::functions {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class SimulatedPaymentsTest : public testing::Test {
 protected:
  class FixedClock : public cloud::Clock {
   public:
    cloud::Time now() const override { return at(7); }
  };

  static Payment run(SimulatedPayments& provider, PaymentRequest request) {
    boost::asio::io_context context;
    auto charging = provider.charge(std::move(request));
    auto result = boost::asio::co_spawn(context, std::move(charging), boost::asio::use_future);
    context.run();
    return result.get();
  }
  static PaymentRequest request(int order, int attempt = 0) {
    const std::string id = "o-" + std::to_string(order);
    return {id, id, money("19.99"), attempt};
  }
  // Empty if it got through.
  static std::string failure(SimulatedPayments& provider, PaymentRequest request) {
    try {
      run(provider, std::move(request));
      return {};
    } catch (const cloud::Error& e) {
      return e.what();
    }
  }

  TemporaryDirectory directory_;
  FixedClock clock_;
  PaymentLedger ledger_{{.path = directory_ / "payments.db"}};
};

TEST_F(SimulatedPaymentsTest, ChargesOnceHoweverOftenItIsAsked) {
  SimulatedPayments provider(ledger_, clock_, {});
  const Payment payment = run(provider, request(1));
  EXPECT_TRUE(payment.taken);
  EXPECT_EQ(payment.order_id, "o-1");
  EXPECT_EQ(payment.amount, money("19.99"));
  EXPECT_EQ(payment.at, at(7));
  EXPECT_THAT(payment.transaction_id, testing::MatchesRegex("TXN-[0-9A-F]+"));
  EXPECT_EQ(run(provider, request(1, 1)), payment);
  EXPECT_EQ(ledger_.totals().taken, 1);
}

TEST_F(SimulatedPaymentsTest, RefusesAKeyThatHasAnotherAmount) {
  SimulatedPayments provider(ledger_, clock_, {});
  run(provider, request(1));
  PaymentRequest other = request(1);
  other.amount = money("20");
  EXPECT_THAT(failure(provider, other), StartsWith("PaymentConflict: "));
  EXPECT_EQ(ledger_.totals().amount, money("19.99"));
}

TEST_F(SimulatedPaymentsTest, DeclinesItsShareAndTheSameOnesAgain) {
  SimulatedPayments provider(ledger_, clock_, {.decline_rate = 0.2});
  std::set<std::string> declined;
  for (int i = 0; i < 200; ++i) {
    const Payment payment = run(provider, request(i));
    EXPECT_EQ(payment.taken, payment.reason.empty());
    if (!payment.taken) declined.insert(payment.order_id);
  }
  EXPECT_NEAR(static_cast<double>(declined.size()), 40, 20);
  const TemporaryDirectory elsewhere;
  PaymentLedger fresh({.path = elsewhere / "payments.db"});
  SimulatedPayments again(fresh, clock_, {.decline_rate = 0.2});
  SimulatedPayments other(ledger_, clock_, {.decline_rate = 0.2, .seed = 2});
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(run(again, request(i)).taken, !declined.contains("o-" + std::to_string(i)));
    // What has been decided stays so, whatever chance would say now.
    EXPECT_EQ(run(other, request(i)).taken, !declined.contains("o-" + std::to_string(i)));
  }
}

TEST_F(SimulatedPaymentsTest, MeetsOutagesBeforeAndAfterTheCharge) {
  SimulatedPayments provider(ledger_, clock_, {.outage_rate = 0.3});
  int refused = 0;
  int lost = 0;
  for (int i = 0; i < 200; ++i) {
    int attempt = 0;
    for (std::string why; !(why = failure(provider, request(i, attempt))).empty(); ++attempt) {
      ASSERT_LT(attempt, 20);
      EXPECT_THAT(why, StartsWith("PaymentProviderUnavailable: "));
      const bool charged = ledger_.find("o-" + std::to_string(i)).has_value();
      EXPECT_THAT(why, HasSubstr(charged ? "answer was lost" : "can't be reached"));
      ++(charged ? lost : refused);
    }
  }
  EXPECT_GT(refused, 20);
  EXPECT_GT(lost, 10);
  EXPECT_EQ(ledger_.totals().taken, 200);
}

TEST_F(SimulatedPaymentsTest, ChargesNobodyInAnOutageForGood) {
  SimulatedPayments provider(ledger_, clock_, {.outage_rate = 1});
  for (int attempt = 0; attempt < 20; ++attempt) {
    EXPECT_THAT(failure(provider, request(1, attempt)), HasSubstr("can't be reached"));
  }
  EXPECT_EQ(ledger_.totals(), PaymentTotals());
}

TEST_F(SimulatedPaymentsTest, ChargesNobodyWhoseLastAttemptMeetsAnOutage) {
  SimulatedPayments provider(ledger_, clock_, {.outage_rate = 0.5});
  constexpr int kLastAttempt = 8;  // of the workflow
  int failed = 0;
  for (int i = 0; i < 200; ++i) {
    const std::string why = failure(provider, request(i, kLastAttempt));
    if (why.empty()) continue;
    ++failed;
    EXPECT_THAT(why, HasSubstr("can't be reached"));
    EXPECT_FALSE(ledger_.find("o-" + std::to_string(i)));
  }
  EXPECT_GT(failed, 50);
}

TEST_F(SimulatedPaymentsTest, HoldsNoThreadWhileItWaits) {
  using namespace std::chrono_literals;
  SimulatedPayments provider(ledger_, clock_, {.latency = 300ms});
  boost::asio::thread_pool pool(2);
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::future<Payment>> payments;
  for (int i = 0; i < 1'000; ++i) {
    payments.push_back(
        boost::asio::co_spawn(pool, provider.charge(request(i)), boost::asio::use_future));
  }
  for (auto& payment : payments) EXPECT_TRUE(payment.get().taken);
  const auto took = std::chrono::steady_clock::now() - begin;
  pool.join();
  EXPECT_GE(took, 300ms);
  EXPECT_LT(took, 60s);  // one after the other they would take 150 s on two threads
  EXPECT_EQ(ledger_.totals().taken, 1'000);
}

TEST_F(SimulatedPaymentsTest, RefusesOptionsOutOfRange) {
  using namespace std::chrono_literals;
  for (const SimulatedPaymentsOptions& options :
       {SimulatedPaymentsOptions{.latency = -1ms}, SimulatedPaymentsOptions{.latency = 20'001ms},
        SimulatedPaymentsOptions{.decline_rate = 1.1},
        SimulatedPaymentsOptions{.outage_rate = -1}}) {
    EXPECT_THROW(SimulatedPayments(ledger_, clock_, options), std::invalid_argument);
  }
}

}  // namespace
}  // namespace doorbuster::functions
