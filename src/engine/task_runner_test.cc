#include "engine/task_runner.h"

#include <gtest/gtest.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "engine/step_functions_driver.h"
#include "engine/task_outcome.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr const char* kFunction = "arn:aws:lambda:us-east-1:000000000000:function:Pay";

std::string task(const std::string& resource, const std::string& more) {
  return R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":")" + resource + "\"," + more +
         R"("End":true}}})";
}

class TaskRunnerTest : public testing::Test {
 protected:
  TaskRunnerTest() {
    start_runner();
    make_function();
  }

  void start_runner() {
    auto call_service = [this](cloud::Services&, cloud::Caller, std::string service,
                               std::string operation, json::value input) {
      return call(std::move(service), std::move(operation), std::move(input));
    };
    runner.emplace(bed.engine(), services, std::move(call_service), bed.executor());
    bed.settle();
  }
  void reopen() {
    runner.reset();
    bed.reopen();
    start_runner();
  }

  struct FakeLambda final : cloud::Lambda {
    explicit FakeLambda(TaskRunnerTest& test) : test_(test) {}
    cloud::Async<cloud::InvokeResult> Invoke(cloud::InvokeRequest request) override {
      test_.invoked = std::move(request);
      co_return test_.result;
    }

    TaskRunnerTest& test_;
  };
  struct FakeServices final : cloud::Services {
    explicit FakeServices(TaskRunnerTest& test) : test_(test) {}
    std::unique_ptr<cloud::Lambda> lambda(const cloud::Caller&) override {
      return std::make_unique<FakeLambda>(test_);
    }

    TaskRunnerTest& test_;
  };

  // A zip's, or an image's.
  void create_function(const std::string& name, bool image = false) {
    cloud::CreateFunctionRequest request;
    request.FunctionName = name;
    request.Role = StepFunctionsDriver::kRole;
    if (image) {
      request.PackageType = "Image";
      request.Code.ImageUri = "doorbuster/" + name;
    } else {
      request.Runtime = "python3.11";
      request.Handler = "app.handler";
      request.Code.ZipFile = "zip";
    }
    bed.run(bed.lambda().CreateFunction(std::move(request)));
  }
  void make_function() {
    create_function("Pay");
    bed.functions.acts["Pay"] = [this](const cloud::Invocation&) {
      if (error) throw cloud::Error(*error);
      return outcome;
    };
    bed.functions.waits["Pay"] = [this]() -> cloud::Async<void> {
      if (!hang) co_return;
      boost::asio::steady_timer timer(bed.executor(), std::chrono::hours(1'000));
      co_await timer.async_wait(boost::asio::use_awaitable);
    };
  }
  cloud::Async<json::value> call(std::string service, std::string operation, json::value input) {
    calls.push_back(service + ' ' + operation + ' ' + documents::to_text(input));
    if (error) throw cloud::Error(*error);
    co_return json::value{{"Answer", 42}};
  }

  std::string run(const std::string& definition, const std::string& input = "{}") {
    return machine.start(machine.create(definition), "one", input);
  }

  TestBed bed;
  StepFunctionsDriver machine{bed};
  FakeServices services{*this};
  std::optional<TaskRunner> runner;
  std::vector<std::string> calls;
  cloud::InvokeRequest invoked;  // the last one that Lambda itself was asked for
  cloud::InvokeResult result{.FunctionError = {},
                             .LogResult = {},
                             .Payload = R"({"paid":true})",
                             .ExecutedVersion = "$LATEST"};
  cloud::InvocationOutcome outcome = answered(R"({"paid":true})");
  std::optional<cloud::Error> error;
  bool hang = false;
};

// --- Functions --------------------------------------------------------------------------------

TEST_F(TaskRunnerTest, AFunctionByItsArnGetsAndGivesBarePayloads) {
  const auto execution = run(task(kFunction, ""), R"({"amount":5})");
  EXPECT_EQ(bed.functions.payloads(), (std::vector<std::string>{R"({"amount":5})"}));
  EXPECT_EQ(machine.describe(execution).output, R"({"paid":true})");
  EXPECT_EQ(machine.history(execution),
            "ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted "
            "LambdaFunctionSucceeded TaskStateExited ExecutionSucceeded");
}

TEST_F(TaskRunnerTest, InvokeAnswersWithMetadata) {
  const auto execution = run(task("arn:aws:states:::lambda:invoke",
                                  R"("Parameters":{"FunctionName":"Pay","Payload.$":"$"},)"),
                             R"({"amount":5})");
  const auto output = json::parse(machine.describe(execution).output);
  EXPECT_EQ(output.at("Payload"), json::parse(R"({"paid":true})"));
  EXPECT_EQ(output.at("StatusCode"), 200);
  EXPECT_EQ(output.at("ExecutedVersion"), "$LATEST");
  EXPECT_EQ(bed.functions.payloads(), (std::vector<std::string>{R"({"amount":5})"}));
}

TEST_F(TaskRunnerTest, InvokeHasAllOfLambdasParameters) {
  result.LogResult = "bG9n";
  const auto execution =
      run(task("arn:aws:states:::lambda:invoke",
               R"("Parameters":{"FunctionName":"Pay","Qualifier":"7","ClientContext":"e30=",)"
               R"("InvocationType":"RequestResponse","LogType":"Tail"},)"));
  EXPECT_EQ(invoked.Qualifier, "7");
  EXPECT_EQ(invoked.ClientContext, "e30=");
  EXPECT_EQ(invoked.InvocationType, "RequestResponse");
  EXPECT_EQ(invoked.LogType, "Tail");
  EXPECT_EQ(json::parse(machine.describe(execution).output).at("LogResult"), "bG9n");
}

TEST_F(TaskRunnerTest, ACallThatIsNotWaitedForHasNoPayload) {
  result.StatusCode = 202;
  result.Payload = "";
  const auto execution =
      run(task("arn:aws:states:::lambda:invoke", R"("Parameters":{"FunctionName":"Pay",)"
                                                 R"("InvocationType":"Event"},)"));
  EXPECT_EQ(invoked.InvocationType, "Event");
  const auto output = json::parse(machine.describe(execution).output);
  EXPECT_EQ(output.at("StatusCode"), 202);
  EXPECT_EQ(output.at("SdkHttpMetadata").at("HttpStatusCode"), 202);
  EXPECT_FALSE(output.as_object().contains("Payload"));
}

TEST_F(TaskRunnerTest, APayloadIsJsonAlsoIfItIsText) {
  run(task("arn:aws:states:::lambda:invoke",
           R"("Parameters":{"FunctionName":"Pay","Payload":"five"},)"));
  EXPECT_EQ(bed.functions.payloads(), (std::vector<std::string>{R"("five")"}));
}

TEST_F(TaskRunnerTest, AParameterThatIsNoneFailsTheState) {
  const auto seen =
      machine.describe(run(task("arn:aws:states:::lambda:invoke",
                                R"("Parameters":{"FunctionName":"Pay","TaskToken":"t"},)")));
  EXPECT_EQ(seen.error, "States.Runtime");
  EXPECT_EQ(seen.cause, R"(The field "TaskToken" is not supported by Step Functions)");
  EXPECT_THAT(bed.functions.calls, testing::IsEmpty());
}

TEST_F(TaskRunnerTest, AFunctionsErrorIsTheStates) {
  outcome.FunctionError = "Unhandled";
  outcome.Payload = R"({"errorType":"Declined","errorMessage":"no"})";
  const auto seen = machine.describe(run(task(kFunction, "")));
  EXPECT_EQ(seen.status, "FAILED");
  EXPECT_EQ(seen.error, "Declined");
  EXPECT_EQ(seen.cause, outcome.Payload);
}

TEST_F(TaskRunnerTest, AnErrorWithoutATypeIsUnknown) {
  outcome.FunctionError = "Unhandled";
  outcome.Payload = R"({"errorMessage":"2026 Task timed out after 3.00 seconds"})";
  EXPECT_EQ(machine.describe(run(task(kFunction, ""))).error, "Lambda.Unknown");
}

TEST_F(TaskRunnerTest, AnErrorOfTheServiceHasItsName) {
  error.emplace("TooManyRequestsException", "Rate Exceeded.", 429);
  EXPECT_EQ(machine.describe(run(task(kFunction, ""))).error, "Lambda.TooManyRequestsException");
}

TEST_F(TaskRunnerTest, WhatFailsIsRetriedInTime) {
  error.emplace("TooManyRequestsException", "Rate Exceeded.", 429);
  const auto execution =
      run(task(kFunction, R"("Retry":[{"ErrorEquals":["States.ALL"],"IntervalSeconds":2}],)"));
  EXPECT_EQ(bed.functions.calls.size(), 1U);
  error.reset();
  reopen();
  bed.advance(seconds(2));
  EXPECT_EQ(bed.functions.calls.size(), 2U);
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
}

TEST_F(TaskRunnerTest, ATaskUnderWayIsBegunAgainAfterACrash) {
  hang = true;
  const auto execution = run(task(kFunction, ""));
  EXPECT_EQ(machine.status(execution), "RUNNING");
  hang = false;
  reopen();
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
  EXPECT_EQ(bed.functions.calls.size(), 2U);
}

TEST_F(TaskRunnerTest, ATaskOfADamagedExecutionIsNotBegunAgain) {
  hang = true;
  const auto execution = run(task(kFunction, ""));
  machine.damage(execution);
  reopen();
  EXPECT_EQ(machine.describe(execution).error, "States.Runtime");
  EXPECT_EQ(bed.functions.calls.size(), 1U);
}

// Its branch is cancelled in the step that has begun it.
TEST_F(TaskRunnerTest, WhatIsCancelledAtOnceIsNotBegun) {
  const auto branch = [](const std::string& name, const std::string& resource) {
    return R"({"StartAt":")" + name + R"(","States":{")" + name +
           R"(":{"Type":"Task","Resource":")" + resource + R"(","End":true}}})";
  };
  const auto execution =
      run(R"({"StartAt":"P","States":{"P":{"Type":"Parallel","End":true,"Branches":[)" +
          branch("A", "arn:aws:states:us-east-1:000000000000:activity:nobody") + ',' +
          branch("B", kFunction) + "]}}}");
  bed.advance(seconds(1));
  EXPECT_EQ(machine.describe(execution).error, "States.Runtime");
  EXPECT_THAT(bed.functions.calls, testing::IsEmpty());
}

TEST_F(TaskRunnerTest, WhatIsLateTimesOut) {
  hang = true;
  const auto execution = run(task(kFunction, R"("TimeoutSeconds":5,)"));
  bed.advance(seconds(5));
  EXPECT_EQ(machine.describe(execution).error, "States.Timeout");
}

TEST_F(TaskRunnerTest, AnImageIsGivenAValue) {
  create_function("Ship", true);
  cloud::Invocation seen;
  bed.functions.acts["Ship"] = [&seen](const cloud::Invocation& invocation) {
    seen = invocation;
    cloud::InvocationOutcome shipped;
    shipped.Answer = json::value{{"shipped", true}};
    return shipped;
  };
  const auto execution = run(task("arn:aws:states:::lambda:invoke",
                                  R"("Parameters":{"FunctionName":"Ship","Payload.$":"$"},)"),
                             R"({"amount":19.99})");
  ASSERT_TRUE(seen.Event);
  EXPECT_EQ(*seen.Event, json::parse(R"({"amount":19.99})"));
  EXPECT_EQ(seen.Payload, "");
  EXPECT_EQ(json::parse(machine.describe(execution).output).at("Payload"),
            json::parse(R"({"shipped":true})"));
}

TEST_F(TaskRunnerTest, AFunctionThatIsNotThereFailsTheState) {
  const auto seen = machine.describe(run(task(std::string(kFunction) + "Not", "")));
  EXPECT_EQ(seen.error, "Lambda.ResourceNotFoundException");
}

TEST_F(TaskRunnerTest, ACallCountsUntilItEndsWhateverBecomesOfItsExecution) {
  bed.run(bed.lambda().PutFunctionConcurrency({"Pay", 1}));
  std::optional<boost::asio::steady_timer> held(std::in_place, bed.executor(),
                                                std::chrono::hours(1'000));
  bed.functions.waits["Pay"] = [&held]() -> cloud::Async<void> {
    boost::system::error_code stopped;
    co_await held->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, stopped));
  };
  const auto arn = machine.create(task(kFunction, ""));
  const auto first = machine.start(arn, "first", "{}");
  bed.run(bed.step_functions().StopExecution({first, "", ""}));
  EXPECT_EQ(machine.describe(machine.start(arn, "second", "{}")).error,
            "Lambda.TooManyRequestsException");
  held->cancel();
  bed.settle();
  bed.functions.waits.clear();
  EXPECT_EQ(machine.status(machine.start(arn, "third", "{}")), "SUCCEEDED");
}

// --- Services ---------------------------------------------------------------------------------

TEST_F(TaskRunnerTest, AnyOperationIsCalledByItsName) {
  const auto execution = run(task("arn:aws:states:::aws-sdk:s3:putObject",
                                  R"("Parameters":{"Bucket":"b","Key":"k","Body.$":"$"},)"),
                             R"({"a":1})");
  EXPECT_EQ(calls,
            (std::vector<std::string>{R"(s3 PutObject {"Bucket":"b","Key":"k","Body":{"a":1}})"}));
  EXPECT_EQ(machine.describe(execution).output, R"({"Answer":42})");
  EXPECT_EQ(machine.history(execution),
            "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSucceeded "
            "TaskStateExited ExecutionSucceeded");
}

TEST_F(TaskRunnerTest, AmountsStayAsTheyWere) {
  const auto execution = run(task("arn:aws:states:::sqs:sendMessage",
                                  R"("Parameters":{"QueueUrl":"u","MessageBody.$":"$"},)"
                                  R"("ResultPath":"$.sent",)"),
                             R"({"amount":19.99})");
  ASSERT_EQ(calls.size(), 1U);
  EXPECT_NE(calls[0].find(R"({"amount":19.99})"), std::string::npos) << calls[0];
  EXPECT_THAT(machine.describe(execution).output,
              testing::StartsWith(R"({"amount":19.99,"sent":{"Answer":42,)"));
}

TEST_F(TaskRunnerTest, AnOptimisedIntegrationTellsHowItsCallWent) {
  const auto execution =
      run(task("arn:aws:states:::sns:publish", R"("Parameters":{"TopicArn":"t","Message":"m"},)"));
  const auto output = json::parse(machine.describe(execution).output);
  const auto& http = output.at("SdkHttpMetadata");
  const auto& id = output.at("SdkResponseMetadata").at("RequestId");
  EXPECT_EQ(output.at("Answer"), 42);
  EXPECT_EQ(http.at("HttpStatusCode"), 200);
  EXPECT_EQ(http.at("HttpHeaders").at("x-amzn-RequestId"), id);
  EXPECT_EQ(http.at("AllHttpHeaders").at("x-amzn-RequestId"), json::array{id});
}

TEST_F(TaskRunnerTest, AnOperationsErrorHasTheServicesName) {
  error.emplace("NoSuchKey", "The specified key does not exist.", 404);
  const auto seen = machine.describe(run(
      task("arn:aws:states:::aws-sdk:s3:getObject", R"("Parameters":{"Bucket":"b","Key":"k"},)")));
  EXPECT_EQ(seen.error, "S3.NoSuchKeyException");
  EXPECT_THAT(seen.cause,
              testing::MatchesRegex("The specified key does not exist. .Service: S3, Status Code: "
                                    "404, Request ID: [-0-9a-f]*. .SDK Attempt Count: 1."));
}

TEST_F(TaskRunnerTest, AnOptimisedIntegrationsErrorHasItsCode) {
  error.emplace("NotFound", "Topic does not exist", 404);
  const auto seen = machine.describe(
      run(task("arn:aws:states:::sns:publish", R"("Parameters":{"TopicArn":"t","Message":"m"},)")));
  EXPECT_EQ(seen.error, "SNS.NotFoundException");
  EXPECT_THAT(seen.cause, testing::MatchesRegex(
                              "Topic does not exist .Service: AmazonSNS; Status Code: 404; Error "
                              "Code: NotFound; Request ID: [-0-9a-f]*; Proxy: null."));
  const cloud::Error missing("NoSuchEntity", "no", 404);
  EXPECT_EQ(failure_of("aws-sdk:iam", missing, "").error, "Iam.NoSuchEntityException");
}

TEST_F(TaskRunnerTest, WhatAPolicyRefusesIsNamedAsItsServicesSdkDoes) {
  error.emplace("AccessDeniedException", "not authorized", 403);
  EXPECT_EQ(machine.describe(run(task(kFunction, ""))).error, "Lambda.AWSLambdaException");
  const cloud::Error denied("AccessDenied", "Access Denied", 403);
  EXPECT_EQ(failure_of("sqs", denied, "").error, "SQS.AmazonSQSException");
  EXPECT_EQ(failure_of("aws-sdk:sqs", denied, "").error, "Sqs.SqsException");
  EXPECT_EQ(failure_of("aws-sdk:s3", denied, "").error, "S3.S3Exception");
  EXPECT_EQ(failure_of("sns", {"AuthorizationError", "no", 403}, "").error,
            "SNS.AuthorizationErrorException");
}

TEST_F(TaskRunnerTest, ATokenBringsTheAnswer) {
  const auto execution =
      run(task("arn:aws:states:::sqs:sendMessage.waitForTaskToken",
               R"("Parameters":{"QueueUrl":"u","MessageBody.$":"$$.Task.Token"},)"));
  ASSERT_EQ(calls.size(), 1U);
  const auto sent = json::parse(calls[0].substr(std::string("sqs SendMessage ").size()));
  EXPECT_EQ(machine.status(execution), "RUNNING");
  reopen();
  EXPECT_EQ(calls.size(), 1U);
  bed.run(bed.step_functions().SendTaskSuccess(
      {std::string(sent.at("MessageBody").as_string()), R"("done")"}));
  EXPECT_EQ(machine.describe(execution).output, R"("done")");
  EXPECT_EQ(machine.history(execution),
            "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted TaskSubmitted "
            "TaskSucceeded TaskStateExited ExecutionSucceeded");
}

// --- Nested executions ------------------------------------------------------------------------

class NestedTest : public TaskRunnerTest {
 protected:
  std::string nest(const std::string& inner, const std::string& pattern) {
    const auto arn = machine.create(inner, "", "Inner");
    return run(task("arn:aws:states:::states:startExecution" + pattern,
                    R"("Parameters":{"StateMachineArn":")" + arn + R"(","Input":{"a":1}},)"));
  }
  // A machine whose task starts the inner one by that name.
  std::string nesting(const std::string& inner, const std::string& name,
                      const std::string& more = "") {
    return machine.create(task("arn:aws:states:::states:startExecution.sync:2",
                               R"("Parameters":{"StateMachineArn":")" + inner + R"(","Name.$":")" +
                                   name + R"("},)" + more));
  }
  static std::string inner(const std::string& name) {
    return cloud::Scope{}.arn("states", "execution:Inner:" + name);
  }
  // What one turn does, and nothing after it.
  void take_turn() {
    bed.context().restart();
    bed.context().poll();
    bed.engine().turn();
  }
  static constexpr const char* kInner =
      R"({"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":10,"End":true}}})";
  static constexpr const char* kPass =
      R"({"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})";
};

TEST_F(NestedTest, IsStartedAndLeftAlone) {
  const auto execution = nest(kInner, "");
  const auto output = json::parse(machine.describe(execution).output);
  EXPECT_EQ(machine.status(std::string(output.at("ExecutionArn").as_string())), "RUNNING");
  EXPECT_EQ(output.at("SdkHttpMetadata").at("HttpStatusCode"), 200);
}

TEST_F(NestedTest, IsWaitedForAlsoAfterACrash) {
  const auto execution = nest(kInner, ".sync:2");
  bed.advance(seconds(5));
  reopen();
  EXPECT_EQ(machine.status(execution), "RUNNING");
  bed.advance(seconds(5));
  const auto output = json::parse(machine.describe(execution).output);
  EXPECT_EQ(output.at("Status"), "SUCCEEDED");
  EXPECT_EQ(output.at("Output"), json::parse(R"({"a":1})"));
  EXPECT_EQ(machine.list(StepFunctionsDriver::arn("Inner")).size(), 1U);
}

TEST_F(NestedTest, IsStoppedWithItsParent) {
  const auto execution = machine.start(nesting(machine.create(kInner, "", "Inner"), "$.name"),
                                       "one", R"({"name":"a"})");
  EXPECT_EQ(machine.status(inner("a")), "RUNNING");
  bed.run(bed.step_functions().StopExecution({execution, "", ""}));
  EXPECT_EQ(machine.status(execution), "ABORTED");
  EXPECT_EQ(machine.status(inner("a")), "ABORTED");
}

TEST_F(NestedTest, IsStoppedWhenItsTaskTimesOutAlsoAfterACrash) {
  const auto outer =
      nesting(machine.create(kInner, "", "Inner"), "$.name", R"("TimeoutSeconds":5,)");
  const auto execution = machine.start(outer, "one", R"({"name":"a"})");
  reopen();
  bed.advance(seconds(5));
  EXPECT_EQ(machine.describe(execution).error, "States.Timeout");
  EXPECT_EQ(machine.status(inner("a")), "ABORTED");
}

TEST_F(NestedTest, AnExpressOneAnswersToo) {
  const auto outer = nesting(machine.create(kPass, "EXPRESS", "Inner"), "$.name");
  const auto execution = machine.start(outer, "one", R"({"name":"a"})");
  EXPECT_EQ(json::parse(machine.describe(execution).output).at("Status"), "SUCCEEDED");
}

TEST_F(NestedTest, TwoCanWaitForOne) {
  const auto outer = nesting(machine.create(kInner, "", "Inner"), "$.name");
  const auto one = machine.start(outer, "one", R"({"name":"a"})");
  const auto two = machine.start(outer, "two", R"({"name":"a"})");
  bed.advance(seconds(10));
  EXPECT_EQ(machine.status(one), "SUCCEEDED");
  EXPECT_EQ(machine.status(two), "SUCCEEDED");
}

TEST_F(NestedTest, IsStoppedWithTheLastThatWaitsForIt) {
  const auto outer = nesting(machine.create(kInner, "", "Inner"), "$.name");
  const auto one = machine.start(outer, "one", R"({"name":"a"})");
  const auto two = machine.start(outer, "two", R"({"name":"a"})");
  bed.run(bed.step_functions().StopExecution({one, "", ""}));
  EXPECT_EQ(machine.status(inner("a")), "RUNNING");
  reopen();
  EXPECT_EQ(machine.status(inner("a")), "RUNNING");
  bed.run(bed.step_functions().StopExecution({two, "", ""}));
  EXPECT_EQ(machine.status(inner("a")), "ABORTED");
}

TEST_F(NestedTest, IsStoppedWithItsParentAlsoOnceItIsRedriven) {
  const auto outer = nesting(machine.create(kInner, "", "Inner"), "$.name");
  const auto execution = machine.start(outer, "one", R"({"name":"a"})");
  bed.begin_later(bed.step_functions().StopExecution({inner("a"), "", ""}));
  bed.begin_later(bed.step_functions().RedriveExecution({inner("a"), ""}));
  bed.settle();
  bed.run(bed.step_functions().StopExecution({execution, "", ""}));
  EXPECT_EQ(machine.status(inner("a")), "ABORTED");
}

TEST_F(NestedTest, IsStartedOnceWheneverThereIsACrash) {
  const auto outer = nesting(machine.create(kPass, "", "Inner"), "$.name");
  for (int crash = 0; crash < 8; ++crash) {
    const std::string name = "after-" + std::to_string(crash);
    bed.begin_later(bed.step_functions().StartExecution(
        {outer, name, json::serialize(json::object{{"name", name}}), ""}));
    for (int i = 0; i <= crash; ++i) take_turn();
    reopen();
    const auto seen = machine.describe(StepFunctionsDriver::execution(name));
    EXPECT_EQ(seen.status, "SUCCEEDED") << name << ": " << seen.error << ' ' << seen.cause;
  }
}

// More end than one turn tells of.
TEST_F(NestedTest, AnEndIsToldAlsoAfterACrash) {
  const auto outer = nesting(machine.create(kInner, "", "Inner"), "$$.Execution.Name");
  constexpr int kMany = 700;
  for (int i = 0; i < kMany; ++i) machine.start(outer, "n" + std::to_string(i), "{}");
  bed.clock().advance(seconds(10));
  take_turn();
  reopen();
  EXPECT_EQ(machine.status(inner("n0")), "SUCCEEDED");
  for (int i = 0; i < kMany; ++i) {
    EXPECT_EQ(machine.status(StepFunctionsDriver::execution("n" + std::to_string(i))), "SUCCEEDED");
  }
}

TEST_F(NestedTest, AnEndThatIsTakenBackBeforeItIsToldIsNone) {
  const auto outer = nesting(machine.create(kInner, "", "Inner"), "$.name");
  const auto execution = machine.start(outer, "one", R"({"name":"a"})");
  bed.begin_later(bed.step_functions().StopExecution({inner("a"), "", ""}));
  bed.begin_later(bed.step_functions().RedriveExecution({inner("a"), ""}));
  bed.settle();
  EXPECT_EQ(machine.status(execution), "RUNNING");
  bed.advance(seconds(10));
  EXPECT_EQ(json::parse(machine.describe(execution).output).at("Status"), "SUCCEEDED");
}

// What waits for a nested execution takes no place among the tasks that are carried out.
TEST_F(NestedTest, MoreCanWaitThanAreCarriedOutAtOnce) {
  const auto outer = nesting(machine.create(kInner, "", "Inner"), "$$.Execution.Name");
  constexpr int kMany = 20'001;
  for (int i = 0; i < kMany; ++i) {
    bed.begin_later(
        bed.step_functions().StartExecution({outer, "n" + std::to_string(i), "{}", ""}));
  }
  bed.advance(seconds(5));
  EXPECT_EQ(machine.status(inner("n20000")), "RUNNING");
}

TEST_F(NestedTest, ItsFailureIsJsonHoweverMuchItHadToSay) {
  ExecutionRecord record;
  record.input = '"' + std::string(40'000, 'x') + '"';
  record.error = "Boom";
  record.cause = "why";
  auto cause = json::parse(nested_cause(record));
  EXPECT_EQ(cause.at("Input"), "");
  EXPECT_EQ(cause.at("InputDetails").at("Included"), false);
  EXPECT_EQ(cause.at("Cause"), "why");
  for (const std::string character : {"x", "\n", "\x01", "\xc3\xa9"}) {
    record.cause.clear();
    while (record.cause.size() < states::kCauseMax) record.cause += character;
    const std::string text = nested_cause(record);
    EXPECT_LE(text.size(), states::kCauseMax);
    cause = json::parse(text);
    EXPECT_EQ(cause.at("Error"), "Boom");
    EXPECT_TRUE(cause.at("Cause").as_string().starts_with(character));
  }
}

TEST_F(NestedTest, ItsFailureIsTheTasks) {
  const auto seen = machine.describe(
      nest(R"({"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Boom"}}})", ".sync"));
  EXPECT_EQ(seen.error, "States.TaskFailed");
  EXPECT_EQ(json::parse(seen.cause).at("Error"), "Boom");
}

}  // namespace
}  // namespace doorbuster::engine
