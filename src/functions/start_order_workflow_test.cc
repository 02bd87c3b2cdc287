#include "functions/start_order_workflow.h"

#include <gmock/gmock.h>

#include "functions/calling.h"
#include "functions/fake_cloud.h"

namespace doorbuster::functions {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr const char* kExecution = "arn:aws:states:us-east-1:000000000000:execution:Orders:";

class StartOrderWorkflowTest : public testing::Test {
 protected:
  std::vector<std::string> call(const std::vector<std::string>& bodies) {
    failures_.clear();
    return failed_ids(answer_of(function_, sqs_event(bodies, 2)));
  }
  std::size_t released() const {
    std::size_t count = 0;
    for (const auto& request : sqs_.visibility_requests) count += request.Entries.size();
    return count;
  }

  FakeStepFunctions step_functions_;
  FakeSqs sqs_;
  std::vector<MessageFailure> failures_;
  StartOrderWorkflow function_{
      step_functions_, sqs_, "arn:aws:states:us-east-1:000000000000:stateMachine:Orders",
      [this](const MessageFailure& failure) { failures_.push_back(failure); }};
};

TEST_F(StartOrderWorkflowTest, StartsAnExecutionForEachMessage) {
  EXPECT_THAT(call({R"({"orderId":"o-1","amount":1.50})", R"( {"order":{"orderId":"o-2"}} )"}),
              IsEmpty());
  constexpr const char* kSent = "2017-07-14T02:40:00.007Z";
  EXPECT_THAT(
      step_functions_.inputs,
      ElementsAre(
          Pair(std::string(kExecution) + "o-1", R"({"order":{"orderId":"o-1","amount":1.50},)"
                                                R"("queue":{"messageId":"m0","sentAt":")" +
                                                    std::string(kSent) + "\"}}"),
          Pair(std::string(kExecution) + "o-2", R"({"order":{"orderId":"o-2"},)"
                                                R"("queue":{"messageId":"m1","sentAt":")" +
                                                    std::string(kSent) + "\"}}")));
}

TEST_F(StartOrderWorkflowTest, KnowsWhatComesAgain) {
  const std::string order = R"({"orderId":"o-1","amount":1})";
  EXPECT_THAT(call({order}), IsEmpty());
  EXPECT_THAT(call({order, order}), IsEmpty());
  EXPECT_EQ(step_functions_.inputs.size(), 1U);
}

TEST_F(StartOrderWorkflowTest, RefusesTheIdOfAnotherOrder) {
  EXPECT_THAT(call({R"({"orderId":"o-1","amount":1})"}), IsEmpty());
  EXPECT_THAT(call({R"({"orderId":"o-1","amount":2})"}), ElementsAre("m0"));
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_TRUE(failures_[0].permanent);
  EXPECT_EQ(failures_[0].reason, "order o-1 has been taken already, with other content");
  EXPECT_EQ(released(), 1U);
}

TEST_F(StartOrderWorkflowTest, FailsWhatIsNoOrderAtOnce) {
  const std::vector<std::string> bodies{"hello",
                                        "[]",
                                        R"({"amount":1})",
                                        R"({"orderId":7})",
                                        R"({"orderId":"a b"})",
                                        R"({"orderId":")" + std::string(65, 'x') + "\"}",
                                        R"({"orderId":"o-1"})"};
  EXPECT_THAT(call(bodies), UnorderedElementsAre("m0", "m1", "m2", "m3", "m4", "m5"));
  EXPECT_EQ(released(), 6U);
  for (const auto& failure : failures_) {
    EXPECT_TRUE(failure.permanent);
    EXPECT_EQ(failure.receives, 2);
    EXPECT_THAT(failure.reason, testing::StartsWith("the message is no"));
  }
  EXPECT_EQ(step_functions_.inputs.size(), 1U);
}

TEST_F(StartOrderWorkflowTest, KeepsWhatCouldNotBeStartedForNow) {
  step_functions_.failure = "StateMachineDoesNotExist";
  EXPECT_THAT(call({R"({"orderId":"o-1"})"}), ElementsAre("m0"));
  ASSERT_EQ(failures_.size(), 1U);
  EXPECT_FALSE(failures_[0].permanent);
  EXPECT_THAT(failures_[0].reason, HasSubstr("StateMachineDoesNotExist"));
  EXPECT_EQ(released(), 0U);
  step_functions_.failure = "InvalidExecutionInput";
  EXPECT_THAT(call({R"({"orderId":"o-1"})"}), ElementsAre("m0"));
  EXPECT_EQ(released(), 1U);
}

TEST_F(StartOrderWorkflowTest, StartsManyAtOnce) {
  std::vector<std::string> bodies;
  for (int i = 0; i < 500; ++i) bodies.push_back("{\"orderId\":\"" + std::to_string(i) + "\"}");
  EXPECT_THAT(call(bodies), IsEmpty());
  EXPECT_EQ(step_functions_.inputs.size(), 500U);
}

TEST_F(StartOrderWorkflowTest, TakesNothingButABatch) {
  EXPECT_THROW(answer_of(function_, {}), std::invalid_argument);
}

}  // namespace
}  // namespace doorbuster::functions
