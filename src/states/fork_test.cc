// Parallel and inline Map: branches and iterations, their events, and what happens when one fails.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "states/testing.h"

namespace doorbuster::states {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

constexpr std::string_view kTwoBranches = R"({"StartAt": "P", "States": {"P": {
    "Type": "Parallel", "End": true, "Branches": [
      {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": 1, "End": true}}},
      {"StartAt": "B", "States": {"B": {"Type": "Pass", "End": true}}}]}}})";

TEST(Parallel, GathersItsBranchesInTheirOrder) {
  const TestRun run = run_both_ways(kTwoBranches, R"({"a": 1})");
  EXPECT_EQ(run.result(), R"([1,{"a":1}])");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 ParallelStateEntered\n"
            "3<2 ParallelStateStarted\n"
            "4<3 PassStateEntered\n"
            "5<4 PassStateExited\n"
            "6<3 PassStateEntered\n"
            "7<6 PassStateExited\n"
            "8<7 ParallelStateSucceeded\n"
            "9<7 ParallelStateExited\n"
            "10<9 ExecutionSucceeded\n");
}

TEST(Parallel, TransformsItsInputAndResult) {
  EXPECT_EQ(result_of(R"({"StartAt": "P", "States": {"P": {
                "Type": "Parallel", "End": true, "InputPath": "$.in",
                "Parameters": {"n.$": "$.n"}, "ResultSelector": {"first.$": "$[0].n"},
                "ResultPath": "$.out", "OutputPath": "$.out", "Branches": [
                  {"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}]}}})",
                      R"({"in": {"n": 4}})"),
            R"({"first":4})");
}

constexpr std::string_view kTwoTasks = R"({"StartAt": "P", "States": {
    "P": {"Type": "Parallel", "Next": "After", "Branches": [
      {"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}},
      {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 5, "Next": "B"},
        "B": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}}]},
    "After": {"Type": "Pass", "End": true}}})";

TEST(Parallel, RunsItsBranchesAtTheSameTime) {
  const TestRun run = run_both_ways(kTwoTasks, "{}", {{"A", {gives("1")}}, {"B", {gives("2")}}});
  EXPECT_EQ(run.result(), "[1,2]");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 ParallelStateEntered\n"
            "3<2 ParallelStateStarted\n"
            "4<3 TaskStateEntered\n"
            "5<4 TaskScheduled\n"
            "6<3 WaitStateEntered\n"
            "7<5 TaskStarted\n"
            "8<7 TaskSucceeded\n"
            "9<8 TaskStateExited\n"
            "10<6 WaitStateExited\n"
            "11<10 TaskStateEntered\n"
            "12<11 TaskScheduled\n"
            "13<12 TaskStarted\n"
            "14<13 TaskSucceeded\n"
            "15<14 TaskStateExited\n"
            "16<15 ParallelStateSucceeded\n"
            "17<15 ParallelStateExited\n"
            "18<17 PassStateEntered\n"
            "19<18 PassStateExited\n"
            "20<19 ExecutionSucceeded\n");
}

TEST(Parallel, FailsWithTheFirstBranchThatFails) {
  const TestRun run = run_both_ways(kTwoTasks, "{}", {{"A", {fails("E", "why")}}});
  EXPECT_EQ(run.result(), "FAILED E: why");
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(0));
  EXPECT_THAT(run.events(), EndsWith("8<7 TaskFailed\n"
                                     "9<8 WaitStateAborted\n"
                                     "10<8 ParallelStateFailed\n"
                                     "11<10 ExecutionFailed\n"));
}

TEST(Parallel, FailsWithAFailState) {
  EXPECT_EQ(run_both_ways(R"({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true,
                "Branches": [{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}]}}})",
                          "{}")
                .events(),
            "1<0 ExecutionStarted\n"
            "2<0 ParallelStateEntered\n"
            "3<2 ParallelStateStarted\n"
            "4<3 FailStateEntered\n"
            "5<4 ParallelStateFailed\n"
            "6<5 ExecutionFailed\n");
}

std::string guarded(std::string_view fields) {
  return R"({"StartAt": "P", "States": {
      "P": {"Type": "Parallel", "End": true, )" +
         std::string(fields) + R"(, "Branches": [
        {"StartAt": "A", "States": {
          "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}},
        {"StartAt": "B", "States": {
          "B": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}}]},
      "Caught": {"Type": "Pass", "End": true}}})";
}

TEST(Parallel, IsRetriedAsAWhole) {
  const std::string definition = guarded(
      R"("Retry": [{"ErrorEquals": ["E"]}], "Catch": [{"ErrorEquals": ["X"], "Next": "Caught"}])");
  const TestRun run = run_both_ways(
      definition, "{}", {{"A", {gives("0"), gives("1")}}, {"B", {fails("E"), gives("2")}}});
  EXPECT_EQ(run.result(), "[1,2]");
  EXPECT_EQ(run.count("ParallelStateStarted"), 2U);
  EXPECT_EQ(run.count("ParallelStateEntered"), 1U);
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(1));
}

TEST(Parallel, TellsOfItsFailureOnlyOnceItIsNotRetried) {
  EXPECT_EQ(run_both_ways(R"({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true,
                "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}],
                "Branches": [{"StartAt": "F", "States": {"F": {"Type": "Fail", "Error": "E"}}}]}}})",
                          "{}")
                .events(),
            "1<0 ExecutionStarted\n"
            "2<0 ParallelStateEntered\n"
            "3<2 ParallelStateStarted\n"
            "4<3 FailStateEntered\n"
            "5<4 ParallelStateStarted\n"
            "6<5 FailStateEntered\n"
            "7<6 ParallelStateFailed\n"
            "8<7 ExecutionFailed\n");
}

TEST(Parallel, IsCaught) {
  const TestRun run =
      run_both_ways(guarded(R"("Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}])"),
                    "{}", {{"A", {says_nothing()}}, {"B", {fails("E", "why")}}});
  EXPECT_EQ(run.result(), R"({"Error":"E","Cause":"why"})");
  EXPECT_THAT(run.host.cancelled, ElementsAre(1));
  EXPECT_THAT(run.events(), EndsWith("9<8 TaskFailed\n"
                                     "10<9 TaskStateAborted\n"
                                     "11<9 ParallelStateFailed\n"
                                     "12<11 ParallelStateExited\n"
                                     "13<12 PassStateEntered\n"
                                     "14<13 PassStateExited\n"
                                     "15<14 ExecutionSucceeded\n"));
}

TEST(Parallel, IsRedrivenWhereItFailedAndWhereItWasStopped) {
  TestRun run(guarded(R"("Catch": [{"ErrorEquals": ["X"], "Next": "Caught"}])"), "{}");
  run.answer("A", {says_nothing()}).answer("B", {fails("E"), gives("2")}).restoring().run();
  EXPECT_EQ(run.result(), "FAILED E: ");
  run.answer("A", {gives("1")});
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  while (run.step()) {
  }
  EXPECT_EQ(run.result(), "[1,2]");
  EXPECT_EQ(run.count("ParallelStateStarted"), 1U);
  EXPECT_EQ(run.count("TaskStateEntered"), 2U);
}

// The second branch fails before the third has entered its state.
TEST(Parallel, EntersWhatItHadNotWhenItIsRedriven) {
  TestRun run(R"j({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true, "Branches": [
      {"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": 1, "End": true}}},
      {"StartAt": "F", "States": {"F": {"Type": "Pass", "End": true, "Parameters": {"x.$":
         "States.ArrayGetItem($.x, States.MathAdd($$.Execution.RedriveCount, -1))"}}}},
      {"StartAt": "C", "States": {"C": {"Type": "Pass", "Result": 3, "End": true}}}]}}})j",
              R"({"x": [2]})");
  run.restoring().run();
  EXPECT_THAT(run.result(), HasSubstr("FAILED States.IntrinsicFailure"));
  EXPECT_EQ(run.count("PassStateEntered"), 2U);
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  EXPECT_EQ(run.result(), R"([1,{"x":2},3])");
  EXPECT_EQ(run.count("PassStateEntered"), 3U);
  EXPECT_EQ(run.count("PassStateExited"), 3U);
}

// --- Map ---

std::string map(std::string_view fields, std::string_view processor = R"("ItemProcessor": {
    "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}})") {
  return R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, )" +
         std::string(processor) + std::string(fields) + "}}}";
}

constexpr std::string_view kTaskProcessor = R"("ItemProcessor": {"StartAt": "I", "States": {
    "I": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}})";

TEST(Map, TellsOfItsFailureOnlyOnceItIsNotRetried) {
  EXPECT_EQ(run_both_ways(map(R"(, "Retry": [{"ErrorEquals": ["E"], "MaxAttempts": 1}])",
                              R"("ItemProcessor": {"StartAt": "F", "States": {
                                  "F": {"Type": "Fail", "Error": "E"}}})"),
                          "[1]")
                .events(),
            "1<0 ExecutionStarted\n"
            "2<0 MapStateEntered\n"
            "3<2 MapStateStarted\n"
            "4<3 MapIterationStarted\n"
            "5<4 FailStateEntered\n"
            "6<5 MapIterationFailed\n"
            "7<5 MapStateStarted\n"
            "8<7 MapIterationStarted\n"
            "9<8 FailStateEntered\n"
            "10<9 MapIterationFailed\n"
            "11<9 MapStateFailed\n"
            "12<11 ExecutionFailed\n");
}

TEST(Map, RunsForEachItem) {
  const TestRun run = run_both_ways(map(R"(, "MaxConcurrency": 1)"), "[1, 2]");
  EXPECT_EQ(run.result(), "[1,2]");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 MapStateEntered\n"
            "3<2 MapStateStarted\n"
            "4<3 MapIterationStarted\n"
            "5<4 PassStateEntered\n"
            "6<5 PassStateExited\n"
            "7<6 MapIterationSucceeded\n"
            "8<6 MapIterationStarted\n"
            "9<8 PassStateEntered\n"
            "10<9 PassStateExited\n"
            "11<10 MapIterationSucceeded\n"
            "12<11 MapStateSucceeded\n"
            "13<11 MapStateExited\n"
            "14<13 ExecutionSucceeded\n");
  EXPECT_EQ(to_text(run.details("MapStateStarted")), R"({"length":2})");
  EXPECT_EQ(to_text(run.details("MapIterationStarted")), R"({"name":"M","index":1})");
}

TEST(Map, RunsAllAtOnceUnlessToldOtherwise) {
  const TestRun run = run_both_ways(map("", kTaskProcessor), "[1, 2]");
  EXPECT_EQ(run.events().substr(0, run.events().find("9<")),
            "1<0 ExecutionStarted\n"
            "2<0 MapStateEntered\n"
            "3<2 MapStateStarted\n"
            "4<3 MapIterationStarted\n"
            "5<3 MapIterationStarted\n"
            "6<4 TaskStateEntered\n"
            "7<6 TaskScheduled\n"
            "8<5 TaskStateEntered\n");
}

std::size_t most_at_once(std::string_view fields, int items) {
  std::string input = "[0";
  for (int i = 1; i < items; ++i) input += "," + std::to_string(i);
  TestRun run(map(fields, kTaskProcessor), R"({"max": 3, "items": )" + input + "]}");
  run.answer("I", {says_nothing()}).begin();
  return run.host.orders.size();
}

TEST(Map, RunsNoMoreAtOnceThanItMay) {
  EXPECT_EQ(most_at_once(R"(, "ItemsPath": "$.items", "MaxConcurrency": 2)", 10), 2U);
  EXPECT_EQ(most_at_once(R"(, "ItemsPath": "$.items", "MaxConcurrencyPath": "$.max")", 10), 3U);
  EXPECT_EQ(most_at_once(R"(, "ItemsPath": "$.items", "MaxConcurrency": 0)", 100), 40U);
  EXPECT_EQ(most_at_once(R"(, "ItemsPath": "$.items", "MaxConcurrency": 1000)", 100), 40U);
}

TEST(Map, SelectsWhatEachIterationSees) {
  constexpr std::string_view kSelector = R"(": {
      "v.$": "$$.Map.Item.Value.n", "i.$": "$$.Map.Item.Index", "shared.$": "$.shared"},
      "ItemsPath": "$.items")";
  constexpr std::string_view kInput = R"({"items": [{"n": 5}, {"n": 6}], "shared": "s"})";
  constexpr std::string_view kOutput = R"([{"v":5,"i":0,"shared":"s"},{"v":6,"i":1,"shared":"s"}])";
  EXPECT_EQ(result_of(map(R"(, "ItemSelector)" + std::string(kSelector)), kInput), kOutput);
  EXPECT_EQ(result_of(map(R"(, "Parameters)" + std::string(kSelector)), kInput), kOutput);
}

TEST(Map, KnowsItsOldName) {
  EXPECT_EQ(result_of(map("", R"("Iterator": {"StartAt": "I", "States": {
                "I": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": true}}})"),
                      R"(["a", "b"])"),
            R"([{"i":0},{"i":1}])");
}

TEST(Map, OfNothingGivesNothing) {
  const TestRun run = run_both_ways(map(""), "[]");
  EXPECT_EQ(run.result(), "[]");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 MapStateEntered\n"
            "3<2 MapStateStarted\n"
            "4<3 MapStateSucceeded\n"
            "5<3 MapStateExited\n"
            "6<5 ExecutionSucceeded\n");
}

TEST(Map, RunsForEachMemberOfAnObject) {
  EXPECT_EQ(result_of(map(R"(, "ItemsPath": "$.o", "MaxConcurrency": 1)"),
                      R"({"o": {"b": 1, "a": [2]}})"),
            R"([{"Key":"b","Value":1},{"Key":"a","Value":[2]}])");
  EXPECT_EQ(result_of(map(R"(, "MaxConcurrency": 1, "ItemSelector": {"item.$": "$$.Map.Item"})"),
                      R"({"k": 1, "l": 2})"),
            R"([{"item":{"Index":0,"Key":"k","Value":1,"Source":"STATE_DATA"}},)"
            R"({"item":{"Index":1,"Key":"l","Value":2,"Source":"STATE_DATA"}}])");
}

TEST(Map, NeedsAnArray) {
  EXPECT_EQ(result_of(map(""), "7"),
            R"(FAILED States.Runtime: Reference path "$" must point to array.)");
  EXPECT_EQ(result_of(map(R"(, "ItemsPath": "$.a")"), R"({"a": 1})"),
            R"(FAILED States.Runtime: Reference path "$.a" must point to array.)");
}

TEST(Map, NeedsNumbersForItsLimits) {
  EXPECT_EQ(result_of(map(R"(, "ItemsPath": "$.i", "MaxConcurrencyPath": "$.m")"),
                      R"({"i": [1], "m": "NoNumber"})"),
            "FAILED States.Runtime: An error occurred while executing the state 'M' (entered at "
            "the event id #2). The MaxConcurrencyPath field refers to value \"NoNumber\" which is "
            "not a valid integer: $.m");
  EXPECT_THAT(result_of(map(R"(, "ItemsPath": "$.i", "ToleratedFailureCountPath": "$.m")"),
                        R"({"i": [1], "m": -1})"),
              HasSubstr("ToleratedFailureCount cannot be negative."));
  EXPECT_EQ(run_both_ways(map(R"(, "ToleratedFailureCountPath": "$[0]")"), "[-1]").events(),
            "1<0 ExecutionStarted\n"
            "2<0 MapStateEntered\n"
            "3<2 MapStateStarted\n"
            "4<3 ExecutionFailed\n");
  EXPECT_THAT(result_of(map(R"(, "ItemsPath": "$.i", "ToleratedFailurePercentagePath": "$.m")"),
                        R"({"i": [1], "m": 101})"),
              HasSubstr("ToleratedFailurePercentage must be between 0 and 100."));
}

TEST(Map, TakesItsLimitsAlsoAsText) {
  EXPECT_EQ(result_of(map(R"(, "ItemsPath": "$.i", "MaxConcurrencyPath": "$.m",
                              "ToleratedFailureCountPath": "$.m")"),
                      R"({"i": [5], "m": "1"})"),
            "[5]");
  EXPECT_EQ(result_of(map(R"(, "ItemsPath": "$.i", "ToleratedFailurePercentagePath": "$.m")"),
                      R"({"i": [5], "m": "1.5"})"),
            "[5]");
}

TEST(Map, FailsWithAnIteration) {
  const TestRun run =
      run_both_ways(map("", kTaskProcessor), "[1, 2]", {{"I", {fails("E", "why")}}});
  EXPECT_EQ(run.result(), "FAILED E: why");
  EXPECT_THAT(run.events(), EndsWith("10<7 TaskStarted\n"
                                     "11<10 TaskFailed\n"
                                     "12<11 MapIterationFailed\n"
                                     "13<11 TaskStateAborted\n"
                                     "14<11 MapIterationAborted\n"
                                     "15<11 MapStateFailed\n"
                                     "16<15 ExecutionFailed\n"));
}

TEST(Map, BearsSomeFailures) {
  const std::vector<Answer> two_of_four{fails("E"), gives("2"), fails("E"), gives("4")};
  EXPECT_EQ(result_of(map(R"(, "ToleratedFailureCount": 2)", kTaskProcessor), "[1, 2, 3, 4]",
                      {{"I", two_of_four}}),
            "[2,4]");
  EXPECT_EQ(result_of(map(R"(, "ToleratedFailurePercentage": 50)", kTaskProcessor), "[1, 2, 3, 4]",
                      {{"I", two_of_four}}),
            "[2,4]");
  EXPECT_EQ(result_of(map(R"(, "ToleratedFailureCount": 1)", kTaskProcessor), "[1, 2, 3, 4]",
                      {{"I", two_of_four}}),
            "FAILED States.ExceedToleratedFailureThreshold: The specified tolerated failure "
            "threshold was exceeded");
  EXPECT_EQ(result_of(map(R"(, "ToleratedFailurePercentage": 49.5)", kTaskProcessor),
                      "[1, 2, 3, 4]", {{"I", two_of_four}})
                .substr(0, 6),
            "FAILED");
}

// The Parallel that fails keeps its branches for a redrive, as long as it is there itself.
constexpr std::string_view kParallelProcessor = R"("ItemProcessor": {"StartAt": "P", "States": {
    "P": {"Type": "Parallel", "End": true, "Branches": [
      {"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}},
      {"StartAt": "B", "States": {"B": {"Type": "Pass", "Result": "wrong", "End": true}}},
      {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}}]}}})";

TEST(Map, LeavesNothingOfAnIterationWhoseFailureItBears) {
  const TestRun run = run_both_ways(map(R"(, "ToleratedFailureCount": 1)", kParallelProcessor),
                                    "[1, 2]", {{"A", {fails("E"), gives("1")}}});
  EXPECT_EQ(run.result(), R"([[1,"wrong",2]])");
}

TEST(Map, RedrivesNothingOfAnIterationWhoseFailureItBore) {
  TestRun run(R"({"StartAt": "M", "States": {
      "M": {"Type": "Map", "ToleratedFailureCount": 1, "Next": "T", )" +
                  std::string(kParallelProcessor) + R"(},
      "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}})",
              "[1]");
  run.answer("A", {fails("E"), gives("1")}).answer("T", {fails("E"), gives("2")});
  run.restoring().run();
  EXPECT_EQ(run.result(), "FAILED E: ");
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  while (run.step()) {
  }
  EXPECT_EQ(run.result(), "2");
}

TEST(Map, FailsIfTheInputOfAnIterationCannotBeMade) {
  EXPECT_THAT(result_of(map(R"(, "MaxConcurrency": 1, "ItemSelector": {
                              "n.$": "$$.Map.Item.Value.n"})"),
                        R"([{"n": 1}, {}])"),
              HasSubstr("FAILED States.Runtime: An error occurred while executing the state 'M' "
                        "(entered at the event id #2). The JSONPath '$$.Map.Item.Value.n'"));
}

TEST(Map, IsRetried) {
  const TestRun run = run_both_ways(
      map(R"(, "Retry": [{"ErrorEquals": ["E"], "IntervalSeconds": 2}])", kTaskProcessor), "[1, 2]",
      {{"I", {gives("0"), fails("E"), gives("1"), gives("2")}}});
  EXPECT_EQ(run.result(), "[1,2]");
  EXPECT_EQ(run.elapsed(), std::chrono::seconds(2));
}

TEST(Map, IsRedrivenWithoutWhatHasSucceeded) {
  TestRun run(map(R"(, "MaxConcurrency": 2)", kTaskProcessor), "[1, 2, 3]");
  run.answer("I", {gives("1"), fails("E"), gives("5")}).restoring().run();
  EXPECT_EQ(run.result(), "FAILED E: ");
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  while (run.step()) {
  }
  EXPECT_EQ(run.result(), "[1,5,5]");
  EXPECT_EQ(run.count("MapIterationStarted"), 3U);
}

TEST(Map, ThatIsRedrivenFailsAgainByTheSameItem) {
  constexpr std::string_view kSelector =
      R"(, "ItemSelector": {"v.$": "$$.Map.Item.Value.v"}, "MaxConcurrency": )";
  for (const std::string at_once : {"1", "2"}) {
    TestRun run(map(std::string(kSelector) + at_once, kTaskProcessor),
                R"([{"v": 1}, {"x": 2}, {"v": 3}])");
    run.restoring().run();
    const std::string result = run.result();
    EXPECT_THAT(result, HasSubstr("FAILED States.Runtime"));
    run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
    while (run.step()) {
    }
    EXPECT_EQ(run.result(), result) << at_once;
    EXPECT_EQ(run.count("MapStateStarted"), 1U) << at_once;
  }
}

TEST(Map, NestsInMapAndParallel) {
  const TestRun run = run_both_ways(R"({"StartAt": "L1", "States": {"L1": {"Type": "Map",
      "End": true, "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Parallel",
        "End": true, "Branches": [
          {"StartAt": "L2", "States": {"L2": {"Type": "Map", "End": true, "ItemProcessor": {
            "StartAt": "S", "States": {
              "S": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": true}}}}}},
          {"StartAt": "Q", "States": {
            "Q": {"Type": "Pass", "Parameters": {"i.$": "$$.Map.Item.Index"}, "End": true}}}
        ]}}}}}})",
                                    "[[7], [8, 9]]");
  EXPECT_EQ(run.result(), R"([[[{"i":0}],{"i":0}],[[{"i":0},{"i":1}],{"i":1}]])");
}

}  // namespace
}  // namespace doorbuster::states
