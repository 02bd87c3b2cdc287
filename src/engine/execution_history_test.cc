// What GetExecutionHistory tells, member by member, of what a row has of it.
#include "engine/execution_history.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/step_functions_driver.h"

namespace doorbuster::engine {
namespace {

using std::chrono::seconds;

class ExecutionHistoryTest : public testing::Test {
 protected:
  // ID<PREVIOUS TYPE NAME{DETAILS}, one line for each event.
  std::string told(const std::string& execution, bool with_data = true) {
    cloud::GetExecutionHistoryInput request;
    request.executionArn = execution;
    request.includeExecutionData = with_data;
    std::string text;
    for (const auto& event : bed.run(bed.step_functions().GetExecutionHistory(request)).events) {
      text +=
          std::to_string(event.id) + '<' + std::to_string(event.previousEventId) + ' ' + event.type;
      for (const auto& [name, details] : event.details) {
        text += ' ' + name + boost::json::serialize(details);
      }
      text += '\n';
    }
    return text;
  }

  TestBed bed;
  StepFunctionsDriver machine{bed};
};

TEST_F(ExecutionHistoryTest, SaysAllThatAwsSays) {
  const auto arn = machine.create(R"({"StartAt":"A","States":{
      "A":{"Type":"Pass","Assign":{"n.$":"$.n"},"Next":"T"},
      "T":{"Type":"Task","Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
           "Credentials":{"RoleArn":"arn:aws:iam::000000000000:role/Other"},
           "TimeoutSeconds":5,"HeartbeatSeconds":3,"End":true}}})");
  const auto execution = machine.start(arn, "one", R"({"n": 1})");
  bed.advance(seconds(4));
  EXPECT_EQ(told(execution),
            R"(1<0 ExecutionStarted executionStartedEventDetails{"input":"{\"n\":1}",)"
            R"("inputDetails":{"truncated":false},"roleArn":"arn:aws:iam::000000000000:role/Role"})"
            "\n"
            R"(2<0 PassStateEntered stateEnteredEventDetails{"input":"{\"n\":1}",)"
            R"("inputDetails":{"truncated":false},"name":"A"})"
            "\n"
            R"(3<2 PassStateExited stateExitedEventDetails{"output":"{\"n\":1}",)"
            R"("outputDetails":{"truncated":false},"name":"A","assignedVariables":{"n":"1"},)"
            R"("assignedVariablesDetails":{"truncated":false}})"
            "\n"
            R"(4<3 TaskStateEntered stateEnteredEventDetails{"input":"{\"n\":1}",)"
            R"("inputDetails":{"truncated":false},"name":"T"})"
            "\n"
            R"(5<4 TaskScheduled taskScheduledEventDetails{"region":"us-east-1",)"
            R"("parameters":"{\"n\":1}","timeoutInSeconds":5,"heartbeatInSeconds":3,)"
            R"("taskCredentials":{"roleArn":"arn:aws:iam::000000000000:role/Other"},)"
            R"("resourceType":"sqs","resource":"sendMessage.waitForTaskToken"})"
            "\n"
            R"(6<5 TaskTimedOut taskTimedOutEventDetails{"error":"States.Timeout",)"
            R"("resourceType":"sqs","resource":"sendMessage.waitForTaskToken"})"
            "\n"
            R"(7<6 ExecutionFailed executionFailedEventDetails{"error":"States.Timeout"})"
            "\n");
}

TEST_F(ExecutionHistoryTest, LeavesOutTheDataThatNobodyAsksFor) {
  const auto arn = machine.create(R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})");
  EXPECT_EQ(told(machine.start(arn, "one", "{}"), false),
            R"(1<0 ExecutionStarted executionStartedEventDetails)"
            R"({"roleArn":"arn:aws:iam::000000000000:role/Role"})"
            "\n"
            R"(2<0 SucceedStateEntered stateEnteredEventDetails{"name":"A"})"
            "\n"
            R"(3<2 SucceedStateExited stateExitedEventDetails{"name":"A"})"
            "\n"
            R"(4<3 ExecutionSucceeded executionSucceededEventDetails{})"
            "\n");
}

// A row has each text once, and no more events than it may have.
TEST_F(ExecutionHistoryTest, GoesOverManyRows) {
  const auto arn = machine.create(R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
      "ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}}}})");
  const auto text = told(machine.start(arn, "one", "[1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2,1,2]"));
  EXPECT_NE(text.find(R"(MapIterationStarted mapIterationStartedEventDetails)"
                      R"({"name":"M","index":19})"),
            std::string::npos);
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; ++at) ++lines;
  EXPECT_EQ(lines, 6U + 20 * 4);
  EXPECT_EQ(text.find(std::to_string(lines) + '<'), text.rfind('\n', text.size() - 2) + 1);
}

}  // namespace
}  // namespace doorbuster::engine
