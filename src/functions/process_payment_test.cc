#include "functions/process_payment.h"

#include <gmock/gmock.h>

#include "cloud/error.h"
#include "functions/calling.h"
#include "functions/testing.h"
#include "orders/invoice_json.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;
using testing::StartsWith;

class FakeProvider final : public PaymentProvider {
 public:
  cloud::Async<Payment> charge(PaymentRequest request) override {
    requests.push_back(request);
    if (!failure.empty()) throw cloud::Error(failure, "no", 503);
    co_return Payment{request.idempotency_key,
                      request.order_id,
                      request.amount,
                      taken,
                      taken ? "" : "the card has expired",
                      "TXN-1",
                      at(1'500'000'000)};
  }

  bool taken = true;
  std::string failure;
  std::vector<PaymentRequest> requests;
};

class FakeRecorder final : public cloud::MetricRecorder {
 public:
  void add(std::string_view name, double value, std::string_view /*unit*/) override {
    totals[std::string(name)] += value;
  }

  std::map<std::string, double> totals;
};

class ProcessPaymentTest : public testing::Test {
 protected:
  json::value pay(const char* event) {
    return answer_of(ProcessPayment(provider_, {}, recorder_), json::parse(event));
  }
  std::string failure(const char* event) {
    try {
      return json::serialize(pay(event));
    } catch (const cloud::Error& e) {
      return e.what();
    }
  }

  FakeProvider provider_;
  FakeRecorder recorder_;
};

constexpr const char* kOrder =
    R"({"order":{"orderId":"o-1","customerName":"Ada","product":"LANTERN","amount":19.99},)"
    R"("attempt":2})";

TEST_F(ProcessPaymentTest, AnswersWithTheInvoiceOfWhatWasPaid) {
  const json::value answer = pay(kOrder);
  EXPECT_EQ(answer.at("paymentStatus"), "SUCCESS");
  EXPECT_EQ(answer.at("transactionId"), "TXN-1");
  EXPECT_EQ(answer.at("orderId"), "o-1");
  EXPECT_EQ(answer.at("amount"), 19.99);
  EXPECT_FALSE(answer.as_object().contains("reason"));
  const auto invoice = orders::parse_invoice(json::serialize(answer.at("invoice"))).invoice.value();
  EXPECT_EQ(invoice.number, "o-1");
  EXPECT_EQ(invoice.customer, "Ada");
  EXPECT_EQ(invoice.amount(), money("19.99"));
  EXPECT_EQ(invoice.date, at(1'500'000'000));
}

TEST_F(ProcessPaymentTest, PaysByTheOrdersIdAndSaysWhichAttemptItIs) {
  pay(kOrder);
  pay(R"({"orderId":"o-2","amount":"5"})");
  pay(R"({"order":{"orderId":"o-3","amount":5},"attempt":-1})");
  ASSERT_EQ(provider_.requests.size(), 3U);
  EXPECT_EQ(provider_.requests[0].idempotency_key, "o-1");
  EXPECT_EQ(provider_.requests[0].amount, money("19.99"));
  EXPECT_EQ(provider_.requests[0].attempt, 2);
  EXPECT_EQ(provider_.requests[1].order_id, "o-2");
  EXPECT_EQ(provider_.requests[1].attempt, 0);
  EXPECT_EQ(provider_.requests[2].attempt, 0);
}

TEST_F(ProcessPaymentTest, SaysWhyAPaymentWasDeclined) {
  provider_.taken = false;
  EXPECT_EQ(pay(kOrder),
            json::parse(R"({"paymentStatus":"FAILED","transactionId":"TXN-1","orderId":"o-1",)"
                        R"("amount":19.99,"reason":"the card has expired"})"));
}

TEST_F(ProcessPaymentTest, FailsByTheNamesThatAWorkflowCatches) {
  provider_.failure = kProviderUnavailable;
  EXPECT_THAT(failure(kOrder), StartsWith("PaymentProviderUnavailable: "));
  EXPECT_THAT(failure(R"({"order":{"orderId":"o-1"}})"), "OrderInvalid: \"amount\" is missing");
  EXPECT_THAT(failure("null"), StartsWith("OrderInvalid: "));
}

TEST_F(ProcessPaymentTest, RecordsWhatWasPaidAndWhatWasDeclined) {
  pay(kOrder);
  pay(kOrder);
  provider_.taken = false;
  pay(kOrder);
  provider_.failure = kProviderUnavailable;
  failure(kOrder);
  EXPECT_EQ(recorder_.totals["PaymentsSucceeded"], 2);
  EXPECT_EQ(recorder_.totals["PaymentsDeclined"], 1);
  EXPECT_DOUBLE_EQ(recorder_.totals["Revenue"], 39.98);
}

}  // namespace
}  // namespace doorbuster::functions
