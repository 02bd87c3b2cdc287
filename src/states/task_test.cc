// The Task and Wait states: what they order, the events of the answers, timeouts and heartbeats.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "states/testing.h"

namespace doorbuster::states {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string task(std::string_view resource, std::string_view fields = "") {
  return R"({"StartAt": "T", "States": {"T": {"Type": "Task", "End": true, "Resource": ")" +
         std::string(resource) + "\"" + std::string(fields) + "}}}";
}

constexpr std::string_view kFunction = "arn:aws:lambda:us-east-1:123456789012:function:F";
constexpr std::string_view kActivity = "arn:aws:states:us-east-1:123456789012:activity:A";
constexpr std::string_view kSendAndWait = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";

TEST(Task, CallsAFunction) {
  const TestRun run = run_both_ways(task(kFunction, R"(, "TimeoutSeconds": 5)"), R"({"a": 1})",
                                    {{"T", {gives(R"({"b": 2})")}}});
  EXPECT_EQ(run.result(), R"({"b":2})");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 TaskStateEntered\n"
            "3<2 LambdaFunctionScheduled\n"
            "4<3 LambdaFunctionStarted\n"
            "5<4 LambdaFunctionSucceeded\n"
            "6<5 TaskStateExited\n"
            "7<6 ExecutionSucceeded\n");
  EXPECT_EQ(to_text(run.details("LambdaFunctionScheduled")),
            R"({"input":"{\"a\":1}",)"
            R"("resource":"arn:aws:lambda:us-east-1:123456789012:function:F",)"
            R"("timeoutInSeconds":5})");
  EXPECT_EQ(to_text(run.details("LambdaFunctionSucceeded")), R"({"output":"{\"b\":2}"})");
  EXPECT_EQ(run.host.history[2].details_name, "lambdaFunctionScheduledEventDetails");
  EXPECT_EQ(run.host.history[3].details_name, "");
}

// Whoever is given the token may be faster than the service that passed it on: the answer counts,
// and what the service says then is late.
TEST(Task, IsAnsweredBeforeTheServiceHasAccepted) {
  TestRun run(task(kSendAndWait, R"(, "Parameters": {"MessageBody.$": "$$.Task.Token"})"), "{}");
  run.answer("T", {says_nothing()}).restoring().begin();
  run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(1, "early", run.host)); });
  run.act([&](Execution& it) { EXPECT_FALSE(it.submitted(1, "late", run.host)); });
  EXPECT_EQ(run.result(), R"("early")");
  EXPECT_THAT(run.events(), HasSubstr("4<3 TaskStarted\n5<4 TaskSucceeded\n"));
}

TEST(Task, FailsWithTheFunction) {
  const TestRun run =
      run_both_ways(task(kFunction), "{}", {{"T", {fails("Exception", "{\"errorMessage\":1}")}}});
  EXPECT_EQ(run.result(), "FAILED Exception: {\"errorMessage\":1}");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 TaskStateEntered\n"
            "3<2 LambdaFunctionScheduled\n"
            "4<3 LambdaFunctionStarted\n"
            "5<4 LambdaFunctionFailed\n"
            "6<5 ExecutionFailed\n");
  EXPECT_EQ(to_text(run.details("LambdaFunctionFailed")),
            R"({"error":"Exception","cause":"{\"errorMessage\":1}"})");
  EXPECT_EQ(to_text(run.details("ExecutionFailed")),
            R"({"error":"Exception","cause":"{\"errorMessage\":1}"})");
}

TEST(Task, FailsWithNoMoreThanAwsTakes) {
  TestRun run(task(kFunction), "{}");
  run.answer("T", {fails(std::string(1'000, 'E'), std::string(32'767, 'c') + "\u00e9 and more")});
  run.run();
  EXPECT_EQ(run.execution->error(), std::string(256, 'E'));
  EXPECT_EQ(run.execution->cause(), std::string(32'767, 'c')) << "cut between characters";
}

TEST(Task, UsesAnIntegration) {
  const TestRun run = run_both_ways(
      task("arn:aws:states:::aws-sdk:s3:putObject",
           R"(, "Parameters": {"Bucket": "b", "Key.$": "$.k"}, "HeartbeatSeconds": 2)"),
      R"({"k": "x"})", {{"T", {gives(R"({"ETag": "e"})")}}});
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 TaskStateEntered\n"
            "3<2 TaskScheduled\n"
            "4<3 TaskStarted\n"
            "5<4 TaskSucceeded\n"
            "6<5 TaskStateExited\n"
            "7<6 ExecutionSucceeded\n");
  EXPECT_EQ(to_text(run.details("TaskScheduled")),
            R"({"region":"us-east-1","parameters":"{\"Bucket\":\"b\",\"Key\":\"x\"}",)"
            R"("heartbeatInSeconds":2,"resourceType":"aws-sdk:s3","resource":"putObject"})");
  EXPECT_EQ(to_text(run.details("TaskSucceeded")),
            R"({"output":"{\"ETag\":\"e\"}",)"
            R"("resourceType":"aws-sdk:s3","resource":"putObject"})");
}

TEST(Task, OrdersWhatItsResourceNames) {
  TestRun run(task("arn:aws:states:::states:startExecution.sync:2"), R"({"a": 1})");
  run.begin();
  const TaskOrder& order = run.host.orders.at(0);
  EXPECT_EQ(order.resource.kind, Resource::Kind::integration);
  EXPECT_EQ(order.resource.service, "states");
  EXPECT_EQ(order.resource.action, "startExecution");
  EXPECT_EQ(order.resource.pattern, Resource::Pattern::sync2);
  EXPECT_EQ(order.state, "T");
  EXPECT_EQ(to_text(order.input), R"({"a":1})");
}

TEST(Task, IsHandedToAWorker) {
  TestRun run(task(kActivity, R"(, "HeartbeatSeconds": 10, "TimeoutSeconds": 60)"), "{}");
  run.answer("T", {says_nothing()}).restoring().begin();
  EXPECT_EQ(run.host.orders.at(0).resource.kind, Resource::Kind::activity);
  // A heartbeat is expected of nobody before a worker has it.
  EXPECT_EQ(run.execution->alarm(), run.host.now() + std::chrono::seconds(60));
  run.act([&](Execution& it) { EXPECT_TRUE(it.started(1, "worker-7", run.host)); });
  EXPECT_EQ(run.execution->alarm(), run.host.now() + std::chrono::seconds(10));
  run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(1, 5, run.host)); });
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 TaskStateEntered\n"
            "3<2 ActivityScheduled\n"
            "4<3 ActivityStarted\n"
            "5<4 ActivitySucceeded\n"
            "6<5 TaskStateExited\n"
            "7<6 ExecutionSucceeded\n");
  EXPECT_EQ(to_text(run.details("ActivityStarted")), R"({"workerName":"worker-7"})");
  EXPECT_EQ(to_text(run.details("ActivityScheduled")),
            R"({"input":"{}",)"
            R"("resource":"arn:aws:states:us-east-1:123456789012:activity:A",)"
            R"("timeoutInSeconds":60,"heartbeatInSeconds":10})");
}

TEST(Task, WaitsForATokenAfterTheServiceHasAccepted) {
  TestRun run(task(kSendAndWait), "{}");
  run.answer("T", {says_nothing()}).restoring().begin();
  run.act([&](Execution& it) {
    EXPECT_TRUE(it.submitted(1, boost::json::parse(R"({"MessageId": "m"})"), run.host));
  });
  run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(1, "done", run.host)); });
  EXPECT_EQ(run.result(), R"("done")");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 TaskStateEntered\n"
            "3<2 TaskScheduled\n"
            "4<3 TaskStarted\n"
            "5<4 TaskSubmitted\n"
            "6<5 TaskSucceeded\n"
            "7<6 TaskStateExited\n"
            "8<7 ExecutionSucceeded\n");
  EXPECT_EQ(to_text(run.details("TaskSubmitted")),
            R"({"output":"{\"MessageId\":\"m\"}",)"
            R"("resourceType":"sqs","resource":"sendMessage.waitForTaskToken"})");
}

TEST(Task, AnsweredTwiceIsAnsweredOnce) {
  TestRun run(task(kFunction), "{}");
  run.answer("T", {says_nothing()}).begin();
  run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(1, 1, run.host)); });
  const auto events = run.events();
  run.act([&](Execution& it) {
    EXPECT_FALSE(it.succeed(1, 2, run.host));
    EXPECT_FALSE(it.fail(1, "E", "", run.host));
    EXPECT_FALSE(it.heartbeat(1, run.host));
    EXPECT_FALSE(it.started(1, "w", run.host));
    EXPECT_FALSE(it.submitted(1, 1, run.host));
    EXPECT_FALSE(it.succeed(9, 2, run.host));
  });
  EXPECT_EQ(run.events(), events);
}

TEST(Task, TimesOut) {
  const TestRun run =
      run_both_ways(task(kFunction, R"(, "TimeoutSeconds": 5)"), "{}", {{"T", {says_nothing()}}});
  EXPECT_EQ(run.result(), "FAILED States.Timeout: ");
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(5));
  EXPECT_THAT(run.host.cancelled, ElementsAre(1));
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 TaskStateEntered\n"
            "3<2 LambdaFunctionScheduled\n"
            "4<3 LambdaFunctionTimedOut\n"
            "5<4 ExecutionFailed\n");
  EXPECT_EQ(to_text(run.details("LambdaFunctionTimedOut")), R"({"error":"States.Timeout"})");
}

TEST(Task, TakesItsTimesFromItsInput) {
  const TestRun run = run_both_ways(
      task(kSendAndWait, R"(, "TimeoutSecondsPath": "$.t", "HeartbeatSecondsPath": "$.h")"),
      R"({"t": 600, "h": 5})", {{"T", {says_nothing()}}});
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(5));
  EXPECT_EQ(to_text(run.details("TaskScheduled")),
            R"({"region":"us-east-1","parameters":"{\"t\":600,\"h\":5}","timeoutInSeconds":600,)"
            R"("heartbeatInSeconds":5,"resourceType":"sqs",)"
            R"("resource":"sendMessage.waitForTaskToken"})");
  EXPECT_EQ(to_text(run.details("TaskTimedOut")),
            R"({"error":"States.Timeout","resourceType":"sqs",)"
            R"("resource":"sendMessage.waitForTaskToken"})");
  EXPECT_THAT(result_of(task(kFunction, R"(, "TimeoutSecondsPath": "$.none")"), "{}"),
              HasSubstr("Invalid path '$.none' : No results for path: $['none']"));
}

TEST(Task, TakesNoTimesThatADefinitionCouldNotHave) {
  const auto with = [](const std::string& field, const std::string& seconds) {
    return result_of(task(kFunction, R"(, ")" + field + R"(Path": "$.t")"),
                     R"({"t": )" + seconds + "}");
  };
  for (const std::string field : {"TimeoutSeconds", "HeartbeatSeconds"}) {
    for (const std::string seconds : {"0", "100000000", "9223372036854775807"}) {
      EXPECT_THAT(with(field, seconds), HasSubstr(field + " must be between 1 and 99999999."));
    }
    EXPECT_THAT(with(field, "-1"), HasSubstr(field + " cannot be negative."));
    EXPECT_EQ(with(field, "99999999"), R"({"t":99999999})");
  }
}

TEST(Task, GoesOnWhileItsHeartBeats) {
  TestRun run(task(kSendAndWait, R"(, "HeartbeatSeconds": 5)"), "{}");
  run.answer("T", {says_nothing()}).restoring().begin();
  const Time start = run.host.now();
  for (int i = 1; i <= 3; ++i) {
    run.host.set_time(start + std::chrono::seconds(4 * i));
    run.act([&](Execution& it) {
      it.wake(run.host);
      EXPECT_TRUE(it.heartbeat(1, run.host));
    });
  }
  EXPECT_EQ(run.result(), "RUNNING");
  EXPECT_EQ(run.execution->alarm(), start + std::chrono::seconds(17));
  run.step();
  EXPECT_EQ(run.result(), "FAILED States.Timeout: ");
}

TEST(Task, GivesTooMuch) {
  const std::string large = "\"" + std::string(kPayloadMax, 'x') + "\"";
  const TestRun run =
      run_both_ways(task("arn:aws:states:::lambda:invoke"), "{}", {{"T", {gives(large)}}});
  EXPECT_EQ(run.result(),
            "FAILED States.DataLimitExceeded: The state/task 'lambda' returned a result with a "
            "size exceeding the maximum number of bytes service limit.");
  EXPECT_EQ(run.count("TaskFailed"), 1U);
  EXPECT_THAT(result_of(task(kFunction), "{}", {{"T", {gives(large)}}}),
              HasSubstr("The state/task 'arn:aws:lambda:us-east-1:123456789012:function:F'"));
}

TEST(Task, ActsInAnotherRole) {
  const TestRun run = run_both_ways(task(kFunction, R"(, "Credentials": {"RoleArn.$": "$.role"})"),
                                    R"({"role": "arn:r"})");
  EXPECT_EQ(to_text(run.details("LambdaFunctionScheduled").at("taskCredentials")),
            R"({"roleArn":"arn:r"})");
}

TEST(Task, WhoseRoleCannotBeToldLeavesNoTimerBehind) {
  const TestRun run = run_both_ways(R"j({"StartAt": "T", "States": {
      "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
            "TimeoutSeconds": 5, "HeartbeatSeconds": 3,
            "Credentials": {"RoleArn.$": "States.ArrayGetItem($.roles, 9)"},
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": null, "Next": "W"}]},
      "W": {"Type": "Wait", "Seconds": 60, "Next": "P"},
      "P": {"Type": "Pass", "End": true}}})j",
                                    R"({"roles": []})");
  EXPECT_EQ(run.result(), R"({"roles":[]})");
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(60));
  EXPECT_EQ(run.count("TaskScheduled"), 0U);
}

// --- Wait ---

std::string wait(std::string_view field) {
  return R"({"StartAt": "W", "States": {"W": {"Type": "Wait", "End": true, )" + std::string(field) +
         "}}}";
}

TEST(Wait, ForSeconds) {
  const TestRun run = run_both_ways(wait(R"("Seconds": 10)"), R"({"a": 1})");
  EXPECT_EQ(run.result(), R"({"a":1})");
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(10));
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 WaitStateEntered\n"
            "3<2 WaitStateExited\n"
            "4<3 ExecutionSucceeded\n");
}

TEST(Wait, ForSecondsOfItsInput) {
  EXPECT_EQ(run_both_ways(wait(R"("SecondsPath": "$.s")"), R"({"s": 3})").elapsed(),
            std::chrono::seconds(3));
  EXPECT_THAT(result_of(wait(R"("SecondsPath": "$.s")"), R"({"s": -1})"),
              HasSubstr("The SecondsPath parameter references a negative value: $.s == -1"));
  EXPECT_THAT(result_of(wait(R"("SecondsPath": "$.s")"), R"({"s": 1.5})"),
              HasSubstr("The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5"));
  EXPECT_THAT(result_of(wait(R"("SecondsPath": "$.s")"), "{}"),
              HasSubstr("The SecondsPath parameter does not reference an input value: $.s"));
}

TEST(Wait, UntilATime) {
  EXPECT_EQ(run_both_ways(wait(R"("Timestamp": "2026-11-27T01:00:00Z")"), "{}").elapsed(),
            std::chrono::hours(1));
  EXPECT_EQ(run_both_ways(wait(R"("Timestamp": "2016-11-27T01:00:00Z")"), "{}").elapsed(),
            std::chrono::seconds(0));
  EXPECT_EQ(run_both_ways(wait(R"("TimestampPath": "$.t")"), R"({"t": "2026-11-27T00:00:00.5Z"})")
                .elapsed(),
            std::chrono::milliseconds(500));
  EXPECT_THAT(result_of(wait(R"("TimestampPath": "$.t")"), R"({"t": "2016-12-05T21:29:29"})"),
              HasSubstr("The TimestampPath parameter does not reference a valid ISO-8601 extended "
                        "offset date-time format string: $.t == 2016-12-05T21:29:29"));
  EXPECT_THAT(result_of(wait(R"("TimestampPath": "$.t")"), R"({"t": "2999-12-05T21:29:29Z"})"),
              HasSubstr("Wait state delay is too long."));
}

}  // namespace
}  // namespace doorbuster::states
