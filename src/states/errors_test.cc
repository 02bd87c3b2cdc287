// Retry, Catch, the Fail state, and how an execution ends that does not succeed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "states/error_handling.h"
#include "states/testing.h"

namespace doorbuster::states {
namespace {

using testing::HasSubstr;

std::string task(std::string_view fields, std::string_view more_states = "") {
  return R"({"StartAt": "T", "States": {"T": {"Type": "Task", "End": true,
      "Resource": "arn:aws:states:::lambda:invoke", )" +
         std::string(fields) + "}" + std::string(more_states) + "}}";
}

std::chrono::milliseconds total_delay(std::string_view retrier, std::size_t failures) {
  std::vector<Answer> answers(failures, fails("E"));
  answers.push_back(gives("1"));
  const TestRun run =
      run_both_ways(task(R"("Retry": [)" + std::string(retrier) + "]"), "{}", {{"T", answers}});
  EXPECT_EQ(run.result(), "1");
  return run.elapsed();
}

TEST(Retry, WaitsLongerEachTime) {
  using std::chrono::milliseconds;
  EXPECT_EQ(total_delay(R"({"ErrorEquals": ["E"]})", 3), milliseconds(1000 + 2000 + 4000));
  EXPECT_EQ(total_delay(R"({"ErrorEquals": ["E"], "IntervalSeconds": 3, "BackoffRate": 1.5,
                           "MaxAttempts": 2})",
                        2),
            milliseconds(3000 + 4500));
  EXPECT_EQ(total_delay(R"({"ErrorEquals": ["E"], "IntervalSeconds": 3, "MaxDelaySeconds": 5})", 3),
            milliseconds(3000 + 5000 + 5000));
}

TEST(Retry, WaitsByChance) {
  Retrier retrier;
  retrier.full_jitter = true;
  EXPECT_EQ(retrier.delay(0, 0), std::chrono::milliseconds(0));
  EXPECT_EQ(retrier.delay(0, 1000), std::chrono::milliseconds(1000));
  EXPECT_EQ(retrier.delay(0, 1001), std::chrono::milliseconds(0));
  EXPECT_LT(total_delay(R"({"ErrorEquals": ["E"], "JitterStrategy": "FULL"})", 3),
            std::chrono::milliseconds(7000));
}

TEST(Retry, DoesNotOverflow) {
  Retrier retrier;
  retrier.backoff_rate = 99'999'999;
  retrier.interval_s = 99'999'999;
  EXPECT_EQ(retrier.delay(99'999'999, 0), std::chrono::seconds(31'622'400));
}

TEST(Retry, GivesUp) {
  const TestRun run = run_both_ways(task(R"("Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 2}])"),
                                    "{}", {{"T", {fails("E", "c")}}});
  EXPECT_EQ(run.result(), "FAILED E: c");
  EXPECT_EQ(run.count("TaskStateEntered"), 1U);
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 TaskStateEntered\n"
            "3<2 TaskScheduled\n"
            "4<3 TaskStarted\n"
            "5<4 TaskFailed\n"
            "6<5 TaskScheduled\n"
            "7<6 TaskStarted\n"
            "8<7 TaskFailed\n"
            "9<8 TaskScheduled\n"
            "10<9 TaskStarted\n"
            "11<10 TaskFailed\n"
            "12<11 ExecutionFailed\n");
  EXPECT_EQ(result_of(task(R"("Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 0}])"), "{}",
                      {{"T", {fails("E"), gives("1")}}}),
            "FAILED E: ");
}

TEST(Retry, CountsForEachRetrier) {
  // A, B, A, B, A: with one attempt each, the second A is one too many.
  EXPECT_EQ(result_of(task(R"("Retry": [{"ErrorEquals": ["A"], "MaxAttempts": 1},
                                        {"ErrorEquals": ["B"], "MaxAttempts": 1}])"),
                      "{}", {{"T", {fails("A"), fails("B"), fails("A", "again")}}}),
            "FAILED A: again");
  EXPECT_EQ(result_of(task(R"("Retry": [{"ErrorEquals": ["A"], "MaxAttempts": 2},
                                        {"ErrorEquals": ["B"], "MaxAttempts": 1}])"),
                      "{}", {{"T", {fails("A"), fails("B"), fails("A"), gives("1")}}}),
            "1");
}

TEST(ErrorNames, Match) {
  const auto matches_one = [](const char* name, const char* error) {
    return matches({name}, {.error = error});
  };
  EXPECT_TRUE(matches_one("States.ALL", "E"));
  EXPECT_TRUE(matches_one("States.ALL", "States.Timeout"));
  EXPECT_TRUE(matches_one("States.ALL", "States.IntrinsicFailure"));
  EXPECT_FALSE(matches_one("States.ALL", "States.Runtime"));
  EXPECT_FALSE(matches_one("States.ALL", "States.DataLimitExceeded"));
  EXPECT_TRUE(matches_one("States.DataLimitExceeded", "States.DataLimitExceeded"));
  EXPECT_FALSE(matches_one("States.BranchFailed", "E"));
  EXPECT_FALSE(matches_one("States.Runtime", "States.Runtime"));
  EXPECT_TRUE(matches_one("States.TaskFailed", "E"));
  EXPECT_TRUE(matches_one("States.TaskFailed", "States.Permissions"));
  EXPECT_FALSE(matches_one("States.TaskFailed", "States.Timeout"));
  EXPECT_TRUE(matches_one("States.Timeout", "States.Timeout"));
  EXPECT_FALSE(matches_one("States.HeartbeatTimeout", "States.Timeout"));
  EXPECT_TRUE(
      matches({"States.HeartbeatTimeout"}, {.error = "States.Timeout", .missed_heartbeat = true}));
  EXPECT_TRUE(matches({"A", "B"}, {.error = "B"}));
  EXPECT_FALSE(matches({"A"}, {.error = "B"}));
}

TEST(Catch, GoesOnElsewhereWithTheError) {
  const TestRun run =
      run_both_ways(task(R"("Catch": [{"ErrorEquals": ["Other"], "Next": "Wrong"},
                        {"ErrorEquals": ["States.ALL"], "Next": "Right"}])",
                         R"(, "Wrong": {"Type": "Fail"}, "Right": {"Type": "Pass", "End": true})"),
                    R"({"a": 1})", {{"T", {fails("E", "why")}}});
  EXPECT_EQ(run.result(), R"({"Error":"E","Cause":"why"})");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 TaskStateEntered\n"
            "3<2 TaskScheduled\n"
            "4<3 TaskStarted\n"
            "5<4 TaskFailed\n"
            "6<5 TaskStateExited\n"
            "7<6 PassStateEntered\n"
            "8<7 PassStateExited\n"
            "9<8 ExecutionSucceeded\n");
}

TEST(Catch, PutsTheErrorWhereResultPathSays) {
  constexpr std::string_view kRight = R"(, "Right": {"Type": "Pass", "End": true})";
  EXPECT_EQ(result_of(task(R"("Catch": [{"ErrorEquals": ["E"], "ResultPath": "$.err",
                              "Next": "Right"}])",
                           kRight),
                      R"({"a": 1})", {{"T", {fails("E", "why")}}}),
            R"({"a":1,"err":{"Error":"E","Cause":"why"}})");
  EXPECT_EQ(result_of(task(R"("Catch": [{"ErrorEquals": ["E"], "ResultPath": null,
                              "Next": "Right"}])",
                           kRight),
                      R"({"a": 1})", {{"T", {fails("E", "why")}}}),
            R"({"a":1})");
}

TEST(Catch, ComesAfterRetry) {
  const TestRun run =
      run_both_ways(task(R"("Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}],
              "Catch": [{"ErrorEquals": ["E"], "Next": "Right"}])",
                         R"(, "Right": {"Type": "Pass", "Result": "right", "End": true})"),
                    "{}", {{"T", {fails("E")}}});
  EXPECT_EQ(run.result(), R"("right")");
  EXPECT_EQ(run.count("TaskScheduled"), 2U);
}

TEST(Catch, MeetsTheFailureOfABranchByItsName) {
  const auto result = [](std::string_view branch) {
    return result_of(R"({"StartAt": "P", "States": {
        "P": {"Type": "Parallel", "End": true, "Branches": [{"StartAt": "B", "States": {"B": )" +
                         std::string(branch) + R"(}}],
          "Catch": [{"ErrorEquals": ["States.BranchFailed"], "ResultPath": "$", "Next": "C"}]},
        "C": {"Type": "Pass", "Parameters": {"caught.$": "$.Error"}, "End": true}}})",
                     "{}");
  };
  const std::string fail = R"({"Type": "Fail", "Error": "E"})";
  EXPECT_EQ(result(fail), R"({"caught":"E"})");
}

TEST(Catch, IsNotAskedAboutRuntimeErrors) {
  EXPECT_THAT(result_of(task(R"("InputPath": "$.nope",
                                "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Right"}])",
                             R"(, "Right": {"Type": "Pass", "End": true})"),
                        "{}"),
              HasSubstr("FAILED States.Runtime"));
}

TEST(Catch, IsAskedAboutAFunctionThatCannotWork) {
  EXPECT_THAT(result_of(task(R"j("Parameters": {"x.$": "States.StringToJson('{')"},
                                 "Catch": [{"ErrorEquals": ["States.IntrinsicFailure"],
                                            "Next": "Right"}])j",
                             R"(, "Right": {"Type": "Pass", "End": true})"),
                        "{}"),
              HasSubstr(R"({"Error":"States.IntrinsicFailure","Cause":"An error occurred while)"));
}

TEST(Catch, FailsIfItCannotBeDone) {
  EXPECT_THAT(result_of(task(R"("Catch": [{"ErrorEquals": ["E"], "ResultPath": "$.a.b",
                                "Next": "Right"}])",
                             R"(, "Right": {"Type": "Pass", "End": true})"),
                        R"({"a": 1})", {{"T", {fails("E")}}}),
              HasSubstr("FAILED States.ResultPathMatchFailure"));
}

std::string fail_state(std::string_view fields) {
  return R"({"StartAt": "F", "States": {"F": {"Type": "Fail")" + std::string(fields) + "}}}";
}

TEST(FailState, SaysWhy) {
  const TestRun run = run_both_ways(fail_state(R"(, "Error": "E", "Cause": "why")"), "{}");
  EXPECT_EQ(run.result(), "FAILED E: why");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 FailStateEntered\n"
            "3<2 ExecutionFailed\n");
  EXPECT_EQ(to_text(run.details("ExecutionFailed")), R"({"error":"E","cause":"why"})");
  EXPECT_EQ(to_text(run_both_ways(fail_state(""), "{}").details("ExecutionFailed")), "{}");
}

TEST(FailState, TakesItFromItsInput) {
  EXPECT_EQ(result_of(fail_state(R"j(, "ErrorPath": "$.e",
                                     "CausePath": "States.Format('because {}', $.c)")j"),
                      R"({"e": "E", "c": 1})"),
            "FAILED E: because 1");
  EXPECT_EQ(result_of(fail_state(R"(, "ErrorPath": "$.x")"), "{}"),
            "FAILED States.Runtime: An error occurred while executing the state 'F' (entered at "
            "the event id #2). The JSONPath '$.x' specified for the field 'ErrorPath' could not be "
            "found in the input '{}'");
  EXPECT_THAT(result_of(fail_state(R"(, "ErrorPath": "$.e")"), R"({"e": 1})"),
              HasSubstr("States.Runtime"));
}

// --- The execution as a whole ---

TEST(Execution, TimesOut) {
  const TestRun run = run_both_ways(R"({"StartAt": "W", "TimeoutSeconds": 7, "States": {
      "W": {"Type": "Wait", "Seconds": 10, "End": true}}})",
                                    "{}");
  EXPECT_EQ(run.execution->status(), Status::timed_out);
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(7));
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 WaitStateEntered\n"
            "3<0 ExecutionTimedOut\n");
  EXPECT_EQ(run.execution->alarm(), std::nullopt);
}

TEST(Execution, IsStopped) {
  TestRun run(task(R"("TimeoutSeconds": 60)"), "{}");
  run.answer("T", {says_nothing()}).restoring().begin();
  run.act([&](Execution& it) { it.abort("E", "why", run.host); });
  EXPECT_EQ(run.result(), "ABORTED E: why");
  EXPECT_EQ(run.execution->alarm(), std::nullopt);
  EXPECT_FALSE(run.execution->open_task(1));
  EXPECT_THAT(run.host.cancelled, testing::ElementsAre(1));
  EXPECT_THAT(run.events(), testing::EndsWith("4<0 ExecutionAborted\n"));
  EXPECT_EQ(to_text(run.details("ExecutionAborted")), R"({"error":"E","cause":"why"})");
  run.act([&](Execution& it) { it.abort("Again", "", run.host); });
  EXPECT_EQ(run.result(), "ABORTED E: why");
}

TEST(Execution, IsRedrivenFromTheStateThatFailed) {
  TestRun run(R"({"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Result": 1, "Next": "T"},
      "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}})",
              "{}");
  run.answer("T", {fails("E"), gives("2")}).restoring().run();
  EXPECT_EQ(run.result(), "FAILED E: ");
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  EXPECT_EQ(run.result(), "RUNNING");
  while (run.step()) {
  }
  EXPECT_EQ(run.result(), "2");
  EXPECT_EQ(run.count("PassStateEntered"), 1U);
  EXPECT_THAT(run.events(), testing::EndsWith("7<6 TaskFailed\n"
                                              "8<7 ExecutionFailed\n"
                                              "9<8 ExecutionRedriven\n"
                                              "10<9 TaskScheduled\n"
                                              "11<10 TaskStarted\n"
                                              "12<11 TaskSucceeded\n"
                                              "13<12 TaskStateExited\n"
                                              "14<13 ExecutionSucceeded\n"));
  EXPECT_EQ(to_text(run.details("ExecutionRedriven")), R"({"redriveCount":1})");
  run.act([&](Execution& it) { EXPECT_FALSE(it.redrive(run.host)); });
}

TEST(Execution, IsRedrivenAfterItWasStoppedOrTimedOut) {
  TestRun run(R"({"StartAt": "W", "TimeoutSeconds": 7, "States": {
      "W": {"Type": "Wait", "Seconds": 5, "Next": "V"},
      "V": {"Type": "Wait", "Seconds": 5, "End": true}}})",
              "{}");
  run.restoring().run();
  EXPECT_EQ(run.execution->status(), Status::timed_out);
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  run.act([&](Execution& it) { it.abort("", "", run.host); });
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  while (run.step()) {
  }
  EXPECT_EQ(run.result(), "{}");
  EXPECT_EQ(run.count("WaitStateEntered"), 2U);
}

TEST(Execution, ThatIsDamagedIsNotRestored) {
  TestRun run(task(R"("TimeoutSeconds": 60)"), "{}");
  run.answer("T", {says_nothing()}).begin();
  const auto definition = compile(task(R"("TimeoutSeconds": 60)"));
  const Execution::Pieces whole(run.stored.begin(), run.stored.end());
  EXPECT_NO_THROW(Execution::restore(definition, {}, 1, whole));
  EXPECT_THROW(Execution::restore(definition, {}, 1, {}), std::runtime_error);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const auto bytes : {"", "{}", "[]", "[1", "x"}) {
      Execution::Pieces damaged = whole;
      damaged[i].second = bytes;
      EXPECT_THROW(Execution::restore(definition, {}, 1, damaged), std::exception)
          << damaged[i].first;
    }
  }
}

}  // namespace
}  // namespace doorbuster::states
