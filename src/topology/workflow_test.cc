// OrderProcessingWorkflow, run by the States Language with its functions' answers given in advance.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "states/testing.h"
#include "topology/checkout.h"

namespace doorbuster::topology {
namespace {

namespace json = boost::json;
using states::Answer;
using states::TestRun;
using testing::HasSubstr;

constexpr const char* kOrder = R"({"order":{"orderId":"test-123","amount":100}})";

Answer answers(const std::string& payload) {
  return states::gives(R"({"ExecutedVersion":"$LATEST","Payload":)" + payload +
                       R"(,"StatusCode":200})");
}

const Answer kValid = answers(
    R"({"statusCode":200,"orderId":"test-123","amount":100,"isValid":true,"message":"It is."})");
const Answer kInvalid =
    answers(R"({"statusCode":400,"orderId":null,"amount":null,"isValid":false,"message":"No."})");
const Answer kPaid = answers(
    R"({"paymentStatus":"SUCCESS","transactionId":"TXN-1","orderId":"test-123","amount":100,)"
    R"("invoice":{"invoice":"test-123","lines":[]}})");
const Answer kDeclined = answers(
    R"({"paymentStatus":"FAILED","transactionId":"TXN-1","orderId":"test-123","amount":100,)"
    R"("reason":"no funds"})");
const Answer kOutage = states::fails("PaymentProviderUnavailable", "{}");
const Answer kNotified = answers(R"({"messageId":"m1"})");

TestRun run_of(const char* input, std::vector<Answer> payments) {
  TestRun run(workflow_definition("the-bucket"), input);
  run.answer("ValidateOrder", {kValid})
      .answer("ProcessPayment", std::move(payments))
      .answer("PutInvoice", {states::gives(R"({"ETag":"\"e1\""})")});
  for (const char* outcome :
       {"OrderCompleted", "PaymentDeclined", "PaymentFailed", "OrderInvalid"}) {
    run.answer(std::string("Notify") + outcome, {kNotified});
  }
  return run;
}

std::vector<std::string> states_of(const TestRun& run) {
  std::vector<std::string> names;
  for (const auto& event : run.host.history) {
    if (event.type.ends_with("StateEntered"))
      names.emplace_back(event.details.at("name").as_string());
  }
  return names;
}

// What the last task was given.
json::value last_input(const TestRun& run) {
  return run.inputs.back();
}

TEST(Workflow, PaysPutsAnInvoiceAndNotifies) {
  TestRun run = run_of(kOrder, {kPaid});
  run.run();
  EXPECT_THAT(
      states_of(run),
      testing::ElementsAre("ValidateOrder", "IsOrderValid", "ProcessPayment", "WasPaymentTaken",
                           "PutInvoice", "NotifyOrderCompleted", "OrderCompleted"));
  ASSERT_EQ(run.inputs.size(), 4U);
  EXPECT_EQ(run.inputs[0], json::parse(R"({"FunctionName":"ValidateOrder","Payload":)" +
                                       std::string(kOrder) + "}"));
  EXPECT_EQ(run.inputs[1],
            json::parse(R"({"FunctionName":"ProcessPayment","Payload":)"
                        R"({"order":{"orderId":"test-123","amount":100},"attempt":0}})"));
  EXPECT_EQ(run.inputs[2], json::parse(R"({"Bucket":"the-bucket","Key":"invoices/test-123.json",)"
                                       R"("Body":{"invoice":"test-123","lines":[]},)"
                                       R"("ContentType":"application/json"})"));
  EXPECT_EQ(
      run.inputs[3],
      json::parse(R"({"FunctionName":"SendNotification","Payload":{"outcome":)"
                  R"("OrderCompleted","orderId":"test-123","amount":100,)"
                  R"("transactionId":"TXN-1","order":{"orderId":"test-123","amount":100}}})"));
  const json::value output = json::parse(run.result());
  EXPECT_EQ(output.at("payment").at("result").at("invoice"),
            json::parse(R"({"bucket":"the-bucket","etag":"\"e1\""})"));
  EXPECT_EQ(output.at("validation").at("isValid"), true);
}

TEST(Workflow, RefusesAnInvalidOrder) {
  TestRun run = run_of("{}", {kPaid});
  run.answer("ValidateOrder", {kInvalid});
  run.run();
  EXPECT_EQ(run.result(), "FAILED OrderInvalid: No.");
  EXPECT_EQ(
      last_input(run).at("Payload"),
      json::parse(R"({"outcome":"OrderInvalid","orderId":null,"amount":null,"reason":"No."})"));
}

TEST(Workflow, TakesABareOrder) {
  TestRun run = run_of(R"({"orderId":"test-123","amount":100})", {kPaid});
  run.run();
  EXPECT_EQ(run.inputs[1].at("Payload").at("order").at("orderId"), "test-123");
  EXPECT_THAT(run.result(), HasSubstr("TXN-1"));
}

TEST(Workflow, EndsADeclinedOrder) {
  TestRun run = run_of(kOrder, {kDeclined});
  run.run();
  EXPECT_EQ(run.result(), "FAILED PaymentDeclined: no funds");
  EXPECT_EQ(last_input(run).at("Payload").at("outcome"), "PaymentDeclined");
  EXPECT_EQ(last_input(run).at("Payload").at("reason"), "no funds");
  EXPECT_THAT(states_of(run), testing::Not(testing::Contains("PutInvoice")));
}

TEST(Workflow, TriesAgainInAnOutageAndSaysWhichAttemptItIs) {
  TestRun run = run_of(kOrder, {kOutage, kOutage, kPaid});
  run.run();
  EXPECT_THAT(run.result(), HasSubstr("TXN-1"));
  EXPECT_EQ(run.inputs[1].at("Payload").at("attempt"), 0);
  EXPECT_EQ(run.inputs[2].at("Payload").at("attempt"), 1);
  EXPECT_EQ(run.inputs[3].at("Payload").at("attempt"), 2);
  EXPECT_LE(run.elapsed(), std::chrono::seconds(3));
}

TEST(Workflow, GivesUpAfterNineAttemptsInAnOutage) {
  TestRun run = run_of(kOrder, {kOutage});
  run.run();
  EXPECT_EQ(run.result(), "FAILED PaymentFailed: {}");
  EXPECT_EQ(run.inputs.size(), 1U + 9U + 1U);
  EXPECT_EQ(last_input(run).at("Payload").at("outcome"), "PaymentFailed");
  EXPECT_EQ(last_input(run).at("Payload").at("reason"), "PaymentProviderUnavailable");
}

// It may have been charged: nobody is told otherwise, and a redrive finds out.
TEST(Workflow, FailsWhereAPaymentIsUncertain) {
  for (const char* error : {"Sandbox.Timedout", "States.Timeout", "Lambda.Unknown"}) {
    TestRun run = run_of(kOrder, {states::fails(error)});
    run.run();
    EXPECT_THAT(run.result(), HasSubstr("FAILED " + std::string(error)));
    EXPECT_EQ(states_of(run).back(), "ProcessPayment");
    run.answer("ProcessPayment", {kPaid});
    run.act([&](states::Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
    while (run.step()) {
    }
    EXPECT_EQ(states_of(run).back(), "OrderCompleted");
  }
}

// A full disk or a locked database under the ledger has a name that no workflow knows.
TEST(Workflow, TriesAgainWhateverAPaymentFailedBy) {
  TestRun run = run_of(kOrder, {states::fails("Error", "payments.db can't be written"), kPaid});
  run.run();
  EXPECT_THAT(run.result(), HasSubstr("TXN-1"));
}

TEST(Workflow, AsksOnceForWhatIsRefused) {
  for (const char* error : {"PaymentConflict", "OrderInvalid"}) {
    TestRun run = run_of(kOrder, {states::fails(error, "no"), kPaid});
    run.run();
    EXPECT_EQ(run.result(), "FAILED PaymentFailed: no");
  }
}

TEST(Workflow, OutlastsLambdaAndS3) {
  TestRun run = run_of(kOrder, {states::fails("Lambda.TooManyRequestsException"),
                                states::fails("Sandbox.Timedout"), kPaid});
  run.answer("ValidateOrder", {states::fails("Lambda.ServiceException"), kValid})
      .answer("PutInvoice", {states::fails("S3.S3Exception"), states::gives(R"({"ETag":"e"})")})
      .run();
  EXPECT_THAT(run.result(), HasSubstr("TXN-1"));
}

TEST(Workflow, KeepsWhoHasPaidForARedrive) {
  TestRun run = run_of(kOrder, {kPaid});
  run.answer("PutInvoice", {states::fails("S3.NoSuchBucketException", "gone")}).run();
  EXPECT_EQ(run.result(), "FAILED S3.NoSuchBucketException: gone");
  EXPECT_TRUE(run.execution->redrive(run.host));
}

TEST(Workflow, EndsWellThoughNobodyCanBeNotified) {
  TestRun run = run_of(kOrder, {kPaid});
  run.answer("NotifyOrderCompleted", {states::fails("NotFound")}).run();
  EXPECT_THAT(run.result(), HasSubstr("TXN-1"));
}

}  // namespace
}  // namespace doorbuster::topology
