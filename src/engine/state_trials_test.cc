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
  const auto sent = json::parse(result.output).at("sent");
  EXPECT_EQ(sent.at("MessageId"), "m");
  ASSERT_TRUE(result.inspectionData);
  EXPECT_EQ(result.inspectionData->afterParameters, R"({"QueueUrl":"u","MessageBody":"hello"})");
  EXPECT_EQ(json::parse(result.inspectionData->result), sent);
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

TEST_F(StateTrialsTest, HasTheContextItIsGiven) {
  auto request = order(R"({"Type":"Task","End":true,
      "Resource":"arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      "Parameters":{"QueueUrl":"u","MessageBody.$":"$$.Task.Token"},
      "ResultSelector":{"all.$":"$$"}})");
  request.context = R"({"Task":{"Token":"mine"},"State":{"RetryCount":7}})";
  EXPECT_EQ(error_of(request), "ValidationException") << "without a mock";
  request.mock.emplace().result = "5";
  request.inspectionLevel = "DEBUG";
  const auto result = test(request);
  EXPECT_EQ(result.inspectionData->afterParameters, R"({"QueueUrl":"u","MessageBody":"mine"})");
  EXPECT_EQ(result.output, R"({"all":{"Task":{"Token":"mine"},"State":{"RetryCount":7}}})");
}

TEST_F(StateTrialsTest, SaysWhatIsWrongWithAContext) {
  auto request = order(kSend);
  request.mock.emplace().result = "5";
  const auto why = [&](const std::string& context) {
    request.context = context;
    try {
      test(request);
      return std::string();
    } catch (const cloud::Error& e) {
      EXPECT_EQ(e.code(), "ValidationException");
      return e.message();
    }
  };
  const std::string kInvalid = "Invalid Context object provided: ";
  EXPECT_EQ(why(R"({"Execution":{"Id":1}})"), kInvalid + "Execution.Id must be a string");
  EXPECT_EQ(why(R"({"State":{"RetryCount":"1"}})"), kInvalid + "State.RetryCount must be a number");
  EXPECT_EQ(why(R"({"Map":{}})"),
            kInvalid + "'Map' field is not supported when mocking a Context object");
  EXPECT_EQ(why(R"({"Execution":{"shape":1}})"), kInvalid + "Field 'shape' is not allowed");
  EXPECT_EQ(why(R"({"Shape":{}})"), kInvalid + "Field 'Shape' is not allowed");
  EXPECT_EQ(why(R"({"Task":{"Token":"t"}})"),
            kInvalid +
                "Context object contains 'Task' when state is not a Task state with a '.sync' or "
                "'.waitForTaskToken' service integration pattern");
  EXPECT_EQ(why("[]"), kInvalid + "it must be a JSON object");
  EXPECT_EQ(why(R"({"State":1})"), kInvalid + "State must be an object");
}

constexpr const char* kMap = R"({"Type":"Map","ItemsPath":"$.list","MaxConcurrency":4,
    "ToleratedFailureCount":1,"ItemSelector":{"n.$":"$$.Map.Item.Value","by.$":"$$.State.Name"},
    "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
      "StartAt":"Each","States":{"Each":{"Type":"Pass","End":true}}},
    "Retry":[{"ErrorEquals":["Never"]},
      {"ErrorEquals":["States.ExceedToleratedFailureThreshold"]}],"End":true})";

TEST_F(StateTrialsTest, SaysWhatAMapWouldWorkOn) {
  auto request = order(kMap, R"({"list":[1,2]})");
  request.inspectionLevel = "DEBUG";
  request.context = R"({"State":{"Name":"M"}})";
  request.mock.emplace().result = "[3,4]";
  request.stateConfiguration.emplace().mapIterationFailureCount = 1;
  const auto result = test(request);
  EXPECT_EQ(result.status, "SUCCEEDED");
  EXPECT_EQ(result.output, "[3,4]");
  const auto& data = *result.inspectionData;
  EXPECT_EQ(data.afterInputPath, R"({"list":[1,2]})");
  EXPECT_EQ(data.afterItemsPath, "[1,2]");
  EXPECT_EQ(data.afterItemSelector, R"([{"n":1,"by":"M"},{"n":2,"by":"M"}])");
  EXPECT_EQ(data.maxConcurrency, 4);
  EXPECT_EQ(data.toleratedFailureCount, 1);
  EXPECT_FALSE(data.toleratedFailurePercentage);
}

TEST_F(StateTrialsTest, CountsAMapsFailures) {
  auto request = order(kMap, R"({"list":[1,2,3]})");
  request.inspectionLevel = "DEBUG";
  request.mock.emplace().result = "[0,0,1]";
  request.stateConfiguration.emplace().mapIterationFailureCount = 2;
  auto result = test(request);
  EXPECT_EQ(result.status, "RETRIABLE");
  EXPECT_EQ(result.error, "States.ExceedToleratedFailureThreshold");
  EXPECT_EQ(result.cause, "The specified tolerated failure threshold was exceeded");
  EXPECT_EQ(result.inspectionData->errorDetails->retryIndex, 1);
  request.mock.emplace().errorOutput = cloud::MockErrorOutput{"Own", "mocked"};
  request.stateConfiguration->errorCausedByState = "Each";
  result = test(request);
  EXPECT_EQ(result.status, "FAILED");
  EXPECT_EQ(result.error, "Own") << "the mock goes before";
  request.stateConfiguration->errorCausedByState = "None";
  EXPECT_EQ(error_of(request), "ValidationException");
}

TEST_F(StateTrialsTest, ReadsAMapsItemsFromWhatItIsGiven) {
  auto request = order(R"({"Type":"Map","ItemReader":{"Resource":"arn:aws:states:::s3:getObject",
      "ReaderConfig":{"InputType":"CSV","CSVHeaderLocation":"FIRST_ROW"},
      "Parameters":{"Bucket":"b","Key":"k"}},"ItemBatcher":{"MaxItemsPerBatch":2},
    "ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
      "StartAt":"Each","States":{"Each":{"Type":"Pass","End":true}}},"End":true})");
  request.inspectionLevel = "DEBUG";
  request.mock.emplace().result = "[]";
  EXPECT_EQ(test(request).inspectionData->afterItemBatcher, "") << "there is nothing to read";
  request.stateConfiguration.emplace().mapItemReaderData = "a\n1\n2\n3\n";
  EXPECT_EQ(test(request).inspectionData->afterItemBatcher,
            R"([{"Items":[{"a":"1"},{"a":"2"}]},{"Items":[{"a":"3"}]}])");
  request.stateConfiguration->mapItemReaderData = "a\n\"1";
  EXPECT_EQ(test(request).error, "States.ItemReaderFailed");
}

TEST_F(StateTrialsTest, RefusesMocksThatDontFit) {
  auto request = order(R"({"Type":"Parallel","End":true,"Branches":[
      {"StartAt":"X","States":{"X":{"Type":"Succeed"}}}]})");
  request.mock.emplace().result = "{}";
  EXPECT_EQ(error_of(request), "ValidationException");
  request.mock->result = "[1,2]";
  EXPECT_EQ(error_of(request), "ValidationException") << "there is one branch";
  request.mock->result = "[1]";
  EXPECT_EQ(test(request).output, "[1]");
  request.stateConfiguration.emplace().mapIterationFailureCount = 1;
  EXPECT_EQ(error_of(request), "ValidationException");
  request.stateConfiguration.emplace().errorCausedByState = "X";
  EXPECT_EQ(error_of(request), "ValidationException") << "no error is mocked";
  request.stateConfiguration.emplace().mapItemReaderData = "[]";
  EXPECT_EQ(error_of(request), "ValidationException");
  request.stateConfiguration.emplace().retrierRetryCount = -1;
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
