// What no execution and no definition can do: run for ever, hold too much, keep its caller.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>

#include "states/testing.h"

namespace doorbuster::states {
namespace {

using testing::HasSubstr;

constexpr std::string_view kFull =
    "FAILED States.Runtime: The execution reached the maximum number of history events (25000).";

constexpr std::string_view kLoop = R"({"StartAt": "A", "States": {
    "A": {"Type": "Pass", "Next": "B"},
    "B": {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": true, "Next": "End"}],
          "Default": "A"},
    "End": {"Type": "Succeed"}}})";

TEST(Limits, ACycleEndsWithTheHistory) {
  TestRun run(kLoop, "{}");
  run.run();
  EXPECT_EQ(run.result(), kFull);
  EXPECT_EQ(run.host.history.size(), 25'000U);
  EXPECT_EQ(run.host.history.back().id, 25'000);
  EXPECT_EQ(run.host.history.back().type, "ExecutionFailed");
  run.act([&](Execution& it) { EXPECT_FALSE(it.redrive(run.host)); });
}

TEST(Limits, ACycleIsTheSameWhenItIsRestored) {
  const TestRun run = run_both_ways(kLoop, "{}");
  EXPECT_EQ(run.result(), kFull);
}

TEST(Limits, NoCallRunsForLong) {
  TestRun run(kLoop, "{}");
  run.begin();
  EXPECT_EQ(run.result(), "RUNNING");
  EXPECT_LT(run.host.history.size(), 3'000U);
  EXPECT_EQ(run.execution->alarm(), run.host.now());
  // Large data make a call end sooner.
  TestRun large(kLoop, "\"" + std::string(200'000, 'x') + "\"");
  large.begin();
  EXPECT_LT(large.host.history.size(), 100U);
  // So do large variables.
  TestRun assigning(R"({"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Assign": {"v": ")" +
                        std::string(200'000, 'x') + R"("}, "Next": "B"},
      "B": {"Type": "Choice", "Choices": [{"Variable": "$", "IsNull": true, "Next": "End"}],
            "Default": "A"},
      "End": {"Type": "Succeed"}}})",
                    "{}");
  assigning.begin();
  EXPECT_LT(assigning.host.history.size(), 200U);
}

TEST(Limits, AStateGivesOnNoMoreThan256KiB) {
  const auto with = [](std::size_t size) {
    return result_of(R"({"StartAt": "A", "States": {"A": {
        "Type": "Pass", "Parameters": {"x.$": "$"}, "End": true}}})",
                     "\"" + std::string(size, 'x') + "\"");
  };
  constexpr std::size_t kAround = 8;  // {"x":""}
  EXPECT_EQ(with(kPayloadMax - kAround).size(), kPayloadMax);
  EXPECT_EQ(with(kPayloadMax - kAround + 1),
            "FAILED States.DataLimitExceeded: The state/task 'A' returned a result with a size "
            "exceeding the maximum number of bytes service limit.");
}

TEST(Limits, AMapGivesOnNoMoreEither) {
  std::string items = "[1";
  for (int i = 0; i < 30; ++i) items += ",1";
  EXPECT_THAT(result_of(R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
                "ItemProcessor": {"StartAt": "I", "States": {
                  "I": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
                        "End": true}}}}}})",
                        items + "]", {{"I", {gives("\"" + std::string(10'000, 'x') + "\"")}}}),
              HasSubstr("FAILED States.DataLimitExceeded: The state/task 'M'"));
}

TEST(Limits, AChildIsGivenNoMoreEither) {
  const auto run = [](std::string_view fields, std::size_t size) {
    TestRun over(R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemReader": {
          "Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
          "Parameters": {"Bucket": "b", "Key": "k"}}, "ItemProcessor": {
          "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
          "StartAt": "I", "States": {"I": {"Type": "Succeed"}}})" +
                     std::string(fields) + "}}}",
                 "{}");
    const std::string text = "[\"" + std::string(size, 'x') + "\"]";
    over.answer("M", {{.output = boost::json::value(text)}, gives("1")}).restoring().run();
    return over;
  };
  EXPECT_EQ(run("", kPayloadMax - 2).result(), "[1]");
  const auto large = run("", kPayloadMax - 1);
  EXPECT_THAT(large.result(), HasSubstr("FAILED States.DataLimitExceeded: The state/task 'M'"));
  EXPECT_EQ(large.count("MapRunFailed"), 1U);
  EXPECT_THAT(run(R"(, "ItemBatcher": {"MaxItemsPerBatch": 1})", kPayloadMax - 2).result(),
              HasSubstr("FAILED States.DataLimitExceeded: The state/task 'M'"));
}

TEST(Limits, DataAreNotNestedWithoutEnd) {
  EXPECT_THAT(result_of(R"({"StartAt": "A", "States": {
                "A": {"Type": "Pass", "Parameters": {"x.$": "$"}, "Next": "B"},
                "B": {"Type": "Choice", "Choices": [
                  {"Variable": "$", "IsNull": true, "Next": "End"}], "Default": "A"},
                "End": {"Type": "Succeed"}}})",
                        "{}"),
              HasSubstr("The data is nested too deeply."));
}

TEST(Limits, AnAnswerIsNotNestedWithoutEnd) {
  boost::json::value deep = 1;
  for (int i = 0; i < 600; ++i) deep = boost::json::array{std::move(deep)};
  TestRun run(R"({"StartAt": "T", "States": {
      "T": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "End": true}}})",
              "{}");
  run.answer("T", {says_nothing()}).restoring().begin();
  run.act([&](Execution& it) { EXPECT_TRUE(it.submitted(1, deep, run.host)); });
  EXPECT_THAT(run.result(), HasSubstr("The data is nested too deeply."));
  EXPECT_FALSE(run.execution->open_task(1));
  EXPECT_THROW(Execution::begin(compile(kLoop), {}, deep, run.host), std::invalid_argument);
}

// Each of the levels holds all of the text.
TEST(Limits, APathSelectsNoMoreThanIsGoodForMemory) {
  std::string deep = '"' + std::string(200'000, 'x') + '"';
  for (int i = 0; i < 30; ++i) deep = "[" + deep + "]";
  EXPECT_THAT(result_of(R"({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true,
                            "Parameters": {"all.$": "$..*..*"}}}})",
                        deep),
              HasSubstr("FAILED States.Runtime: An error occurred while executing the state 'A' "
                        "(entered at the event id #2). A JSONPath selects too much"));
}

TEST(Limits, AMapOverManyItemsWritesWhatEachStepTouches) {
  std::string items = "[0";
  for (int i = 1; i < 5'000; ++i) items += "," + std::to_string(i);
  TestRun run(R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
      "ItemProcessor": {"StartAt": "I", "States": {
        "I": {"Type": "Pass", "End": true}}}}}})",
              items + "]");
  run.run();
  EXPECT_EQ(run.result(), items + "]");
  // A few small pieces for each item, and none of them over and over.
  EXPECT_LT(run.pieces_written, 15'100U);
}

TEST(Limits, AMapRunOverManyItemsHoldsOn) {
  std::string items = "[0";
  for (int i = 1; i < 10'000; ++i) items += "," + std::to_string(i);
  TestRun run(R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
      "MaxConcurrency": 100, "ItemProcessor": {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
        "StartAt": "I", "States": {"I": {"Type": "Succeed"}}}}}})",
              items + "]");
  run.run();
  EXPECT_EQ(run.result(), items + "]");
  EXPECT_LT(run.pieces_written, 60'100U);
  // Nothing is left but how it ended.
  EXPECT_EQ(run.stored.size(), 2U);
}

TEST(Limits, PiecesOfAStepAreSmall) {
  TestRun run(R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
      "MaxConcurrency": 1, "ItemProcessor": {"StartAt": "I", "States": {
        "I": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}}}}})",
              "[\"" + std::string(100'000, 'x') + "\", 1, 2, 3]");
  run.begin();
  run.step();
  const auto before = run.stored;
  run.step();
  std::size_t bytes = 0;
  for (const auto& [key, piece] : run.stored) {
    const auto known = before.find(key);
    if (known == before.end() || known->second != piece) bytes += piece.size();
  }
  EXPECT_LT(bytes, 2'000U);
}

TEST(Limits, VariablesThatStayCostNothing) {
  TestRun run(R"j({"StartAt": "A", "States": {
      "A": {"Type": "Pass", "Assign": {"large.$": "$", "n": 0}, "OutputPath": null, "Next": "T"},
      "T": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "U"},
      "U": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true}}})j",
              '"' + std::string(100'000, 'x') + '"');
  run.begin();
  const auto before = run.stored;
  run.step();
  std::size_t bytes = 0;
  for (const auto& [key, piece] : run.stored) {
    if (before.at(key) != piece) bytes += piece.size();
  }
  EXPECT_LT(bytes, 2'000U);
}

TEST(Limits, AWaitingExecutionIsThreeSmallPieces) {
  std::set<std::string> keys;
  TestRun run(R"({"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 1, "End": true}}})",
              "{}");
  run.begin();
  for (const auto& [key, bytes] : run.stored) keys.insert(key);
  EXPECT_EQ(keys, (std::set<std::string>{"core", "d/1", "f/1"}));
}

TEST(Limits, AnExpressExecutionsHistoryHasNone) {
  RecordingHost host;
  Identity identity;
  identity.express = true;
  const auto execution = Execution::begin(compile(kLoop), identity, 1, host);
  while (host.history.size() < 30'000) execution->wake(host);
  EXPECT_EQ(execution->status(), Status::running);
}

}  // namespace
}  // namespace doorbuster::states
