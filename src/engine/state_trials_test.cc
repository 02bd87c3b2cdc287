// TestState.
#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>

#include "engine/step_functions_driver.h"
#include "engine/task_runner.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr const char* kPass = R"({"Type":"Pass","Result":1,"Next":"After"})";
constexpr const char* kSend = R"({"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage",
    "Parameters":{"QueueUrl":"u","MessageBody.$":"$.text"},"ResultPath":"$.sent","End":true,
    "Retry":[{"ErrorEquals":["SQS.Busy"],"IntervalSeconds":4}]})";

class StateTrialsTest : public testing::Test {
 protected:
  StateTrialsTest() {
    auto call = [this](cloud::Services&, cloud::Caller caller, std::string service,
                       std::string operation, json::value input) {
      return answer(std::move(caller), service + ' ' + operation + ' ' + json::serialize(input));
    };
    runner.emplace(bed.engine(), *services, std::move(call), bed.executor());
    bed.settle();
  }

  cloud::Async<json::value> answer(cloud::Caller caller, std::string call) {
    calls.push_back(caller.arn + ' ' + call);
    if (hang) {
      boost::asio::steady_timer timer(bed.executor(), std::chrono::hours(1'000));
      co_await timer.async_wait(boost::asio::use_awaitable);
    }
    if (error) throw cloud::Error(*error);
    co_return json::value{{"MessageId", "m"}};
  }

  static cloud::TestStateInput order(std::string definition, std::string input = "{}") {
    cloud::TestStateInput request;
    request.definition = std::move(definition);
    request.input = std::move(input);
    request.roleArn = StepFunctionsDriver::kRole;
    return request;
  }
  cloud::TestStateOutput test(cloud::TestStateInput request) {
    return bed.run(bed.step_functions().TestState(std::move(request)));
  }
  std::string error_of(cloud::TestStateInput request) {
    return bed.error_of(bed.step_functions().TestState(std::move(request)));
  }

  TestBed bed;
  std::unique_ptr<cloud::Services> services = make_services(bed.engine());
  std::optional<TaskRunner> runner;
  std::vector<std::string> calls;
  std::optional<cloud::Error> error;
  bool hang = false;
};

TEST_F(StateTrialsTest, SaysWhereAStateLeads) {
  const auto result = test(order(kPass));
  EXPECT_EQ(result.status, "SUCCEEDED");
  EXPECT_EQ(result.output, "1");
  EXPECT_EQ(result.nextState, "After");
  EXPECT_FALSE(result.inspectionData);
}

TEST_F(StateTrialsTest, CallsWhatATaskCalls) {
  auto request = order(kSend, R"({"text":"hello"})");
  request.inspectionLevel = "DEBUG";
  const auto result = test(std::move(request));
  EXPECT_EQ(calls, (std::vector<std::string>{std::string(StepFunctionsDriver::kRole) +
                                             R"( sqs SendMessage {"QueueUrl":"u",)"
                                             R"("MessageBody":"hello"})"}));
  EXPECT_EQ(result.output, R"({"text":"hello","sent":{"MessageId":"m"}})");
  ASSERT_TRUE(result.inspectionData);
  EXPECT_EQ(result.inspectionData->afterParameters, R"({"QueueUrl":"u","MessageBody":"hello"})");
  EXPECT_EQ(result.inspectionData->result, R"({"MessageId":"m"})");
  EXPECT_EQ(result.inspectionData->variables, "");
}

TEST_F(StateTrialsTest, SaysHowAnErrorIsMet) {
  error.emplace("Busy", "later", 503);
  auto request = order(kSend, R"({"text":"hello"})");
  request.inspectionLevel = "TRACE";
  const auto result = test(request);
  EXPECT_EQ(result.status, "FAILED");
  EXPECT_EQ(result.error, "SQS.BusyException");
  request.mock.emplace().errorOutput = cloud::MockErrorOutput{"SQS.Busy", "mocked"};
  request.stateConfiguration = cloud::TestStateConfiguration{1};
  const auto mocked = test(request);
  EXPECT_EQ(mocked.status, "RETRIABLE");
  EXPECT_EQ(mocked.cause, "mocked");
  ASSERT_TRUE(mocked.inspectionData->errorDetails);
  EXPECT_EQ(mocked.inspectionData->errorDetails->retryIndex, 0);
  EXPECT_EQ(mocked.inspectionData->errorDetails->retryBackoffIntervalSeconds, 8);
  EXPECT_EQ(calls.size(), 1U);
}

TEST_F(StateTrialsTest, WaitsFiveMinutesAtTheMost) {
  hang = true;
  auto running = bed.begin(bed.step_functions().TestState(order(kSend, R"({"text":"x"})")));
  bed.advance(std::chrono::minutes(5) - std::chrono::milliseconds(1));
  EXPECT_FALSE(running->done());
  bed.advance(std::chrono::milliseconds(1));
  ASSERT_TRUE(running->value);
  EXPECT_EQ(running->value->error, "States.Timeout");
}

TEST_F(StateTrialsTest, HasVariablesAndAMachinesStates) {
  auto request = order(R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},
      "B":{"Type":"Pass","Parameters":{"v.$":"$v"},"Assign":{"w":2},"End":true}}})");
  request.stateName = "B";
  request.variables = R"({"v":1})";
  request.inspectionLevel = "DEBUG";
  const auto result = test(request);
  EXPECT_EQ(result.output, R"({"v":1})");
  EXPECT_EQ(result.inspectionData->variables, R"({"v":1,"w":2})");
  request.stateName = "C";
  EXPECT_EQ(error_of(request), "ValidationException");
}

TEST_F(StateTrialsTest, RefusesWhatItCannotTry) {
  EXPECT_EQ(error_of(order("{")), "InvalidDefinition");
  EXPECT_EQ(error_of(order(R"({"Type":"Pass"})")), "InvalidDefinition");
  EXPECT_EQ(error_of(order(R"({"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"X","States":{"X":{"Type":"Succeed"}}}]})")),
            "InvalidDefinition");
  EXPECT_EQ(error_of(order(kPass, "{")), "InvalidExecutionInput");
  auto request = order(kSend, R"({"text":"x"})");
  request.roleArn.clear();
  EXPECT_EQ(error_of(request), "ValidationException");
  request = order(R"({"Type":"Task","End":true,
      "Resource":"arn:aws:states:::states:startExecution.sync:2",
      "Parameters":{"StateMachineArn":"a"}})");
  EXPECT_EQ(error_of(request), "ValidationException");
  request.mock.emplace().result = "5";
  EXPECT_EQ(test(request).output, "5");
  request.mock->errorOutput.emplace();
  EXPECT_EQ(error_of(request), "ValidationException");
  request = order(kPass);
  request.mock.emplace().result = "5";
  EXPECT_EQ(error_of(request), "ValidationException");
  request = order(kPass);
  request.inspectionLevel = "ALL";
  EXPECT_EQ(error_of(request), "ValidationException");
  request = order(kPass);
  request.variables = "[]";
  EXPECT_EQ(error_of(request), "ValidationException");
}

}  // namespace
}  // namespace doorbuster::engine
