#include "states/state_trial.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "states/definition.h"
#include "states/json_text.h"

namespace doorbuster::states {
namespace {

using testing::ElementsAre;
using testing::Pair;
using Status = StateTrial::Status;

StateTrial::Setup with(std::string_view input) {
  StateTrial::Setup setup;
  setup.input = boost::json::parse(input);
  return setup;
}

StandIn fails(std::string error) {
  return {std::nullopt, std::move(error), "why"};
}

StateTrial trial_of(std::string_view state, StateTrial::Setup setup) {
  return {compile(state_of(state, "")->machine), std::move(setup)};
}

constexpr std::string_view kTask = R"({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
    "TimeoutSeconds": 60, "Next": "After",
    "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 2, "MaxAttempts": 3}],
    "Catch": [{"ErrorEquals": ["Other"], "Next": "A"}, {"ErrorEquals": ["No"], "Next": "B"}])";
const std::string kPlainTask = std::string(kTask) + "}";

TEST(StateTrial, SaysWhatItMakesOfItsInput) {
  const auto trial = trial_of(R"({"Type": "Pass", "InputPath": "$.a", "Parameters": {"b.$": "$"},
      "ResultPath": "$.c", "OutputPath": "$.c", "Next": "After"})",
                              with(R"({"a": 1})"));
  const auto& report = trial.report();
  EXPECT_EQ(report.status, Status::succeeded);
  EXPECT_EQ(report.output, R"({"b":1})");
  EXPECT_EQ(report.next_state, "After");
  EXPECT_THAT(report.steps,
              ElementsAre(Pair("afterInputPath", "1"), Pair("afterParameters", R"({"b":1})"),
                          Pair("afterResultPath", R"({"a":1,"c":{"b":1}})"),
                          Pair("afterResultSelector", R"({"b":1})"), Pair("input", R"({"a":1})")));
}

TEST(StateTrial, OfAPassWithAResultHasTheResultAlone) {
  const auto trial = trial_of(R"({"Type": "Pass", "Result": 7, "End": true})", with("1"));
  EXPECT_THAT(trial.report().steps,
              ElementsAre(Pair("afterResultPath", "7"), Pair("afterResultSelector", "7"),
                          Pair("input", "1"), Pair("result", "7")));
  EXPECT_EQ(trial.report().next_state, "");
}

TEST(StateTrial, ChoosesAndWaitsForNothing) {
  const auto choice = trial_of(R"({"Type": "Choice", "Default": "D", "Choices": [
      {"Variable": "$.n", "NumericGreaterThan": 5, "Next": "Big"}]})",
                               with(R"({"n": 9})"));
  EXPECT_EQ(choice.report().next_state, "Big");
  EXPECT_EQ(choice.report().output, R"({"n":9})");
  const auto wait = trial_of(R"({"Type": "Wait", "Seconds": 1000, "Next": "W"})", with("{}"));
  EXPECT_EQ(wait.report().next_state, "W");
}

TEST(StateTrial, LeavesAStateThatLeadsToItselfOnce) {
  auto trial = trial_of(R"({"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
      "Next": "StateName", "Catch": [{"ErrorEquals": ["E"], "Next": "Other"}]})",
                        with("{}"));
  EXPECT_TRUE(trial.take_task());
  trial.answer({1, {}, {}}, Time());
  EXPECT_EQ(trial.report().output, "1");
  EXPECT_EQ(trial.report().next_state, "StateName");
  EXPECT_FALSE(trial.take_task());
}

TEST(StateTrial, FailsAsTheStateDoes) {
  const auto fail = trial_of(R"({"Type": "Fail", "Error": "E", "Cause": "c"})", with("{}"));
  EXPECT_EQ(fail.report().status, Status::failed);
  EXPECT_EQ(fail.report().failure->error, "E");
  EXPECT_EQ(fail.report().failure->cause, "c");
  const auto lost = trial_of(R"({"Type": "Pass", "InputPath": "$.x", "End": true})", with("{}"));
  EXPECT_EQ(lost.report().status, Status::failed);
  EXPECT_EQ(lost.report().failure->error, "States.Runtime");
}

TEST(StateTrial, AsksForATask) {
  auto trial = trial_of(kPlainTask, with("[1]"));
  const auto task = trial.take_task();
  ASSERT_TRUE(task);
  EXPECT_EQ(to_text(task->input), "[1]");
  EXPECT_EQ(trial.deadline(), Time(std::chrono::seconds(60)));
  trial.answer({2, {}, {}}, Time());
  EXPECT_FALSE(trial.take_task());
  EXPECT_EQ(trial.report().status, Status::succeeded);
  EXPECT_EQ(trial.report().steps.at("result"), "2");
  EXPECT_EQ(trial.report().next_state, "After");
}

TEST(StateTrial, SaysWhichHandlerTakesAnError) {
  auto caught = trial_of(kPlainTask, with("{}"));
  caught.take_task();
  caught.answer(fails("No"), Time());
  EXPECT_EQ(caught.report().status, Status::caught);
  EXPECT_EQ(caught.report().failure->handler, 1U);
  EXPECT_EQ(caught.report().next_state, "B");
  EXPECT_EQ(caught.report().output, R"({"Error":"No","Cause":"why"})");

  auto retried = trial_of(kPlainTask, with("{}"));
  retried.take_task();
  retried.answer(fails("Busy"), Time());
  EXPECT_EQ(retried.report().status, Status::retriable);
  EXPECT_EQ(retried.report().failure->delay, std::chrono::seconds(2));
  EXPECT_FALSE(retried.take_task());

  auto late = trial_of(kPlainTask, with("{}"));
  late.take_task();
  late.answer({2, {}, {}}, Time(std::chrono::seconds(60)));
  EXPECT_EQ(late.report().failure->error, "States.Timeout");
}

TEST(StateTrial, HasHadRetriesBefore) {
  const auto after = [](int retries) {
    auto setup = with("{}");
    setup.retries = retries;
    auto trial = trial_of(kPlainTask, std::move(setup));
    while (trial.take_task()) trial.answer(fails("Busy"), Time());
    return trial.report();
  };
  EXPECT_EQ(after(2).status, Status::retriable);
  EXPECT_EQ(after(2).failure->delay, std::chrono::seconds(8));
  EXPECT_EQ(after(3).status, Status::failed);
}

TEST(StateTrial, HasVariables) {
  auto setup = with("{}");
  setup.variables = {{"a", 1}, {"b", 2}};
  const auto trial = trial_of(
      R"({"Type": "Pass", "Parameters": {"x.$": "$a"}, "Assign": {"b": 3, "c": 4}, "End": true})",
      std::move(setup));
  EXPECT_EQ(trial.report().output, R"({"x":1})");
  EXPECT_EQ(to_text(trial.report().variables), R"({"a":1,"b":3,"c":4})");
}

TEST(StateTrial, AForkIsWhatIsSaidOfIt) {
  constexpr std::string_view kParallel = R"({"Type": "Parallel", "ResultPath": "$.r", "End": true,
      "Branches": [{"StartAt": "X", "States": {"X": {"Type": "Succeed"}}}],
      "Catch": [{"ErrorEquals": ["E"], "Next": "C"}]})";
  auto setup = with("{}");
  setup.mock = StandIn{boost::json::array{1}, {}, {}};
  EXPECT_EQ(trial_of(kParallel, setup).report().output, R"({"r":[1]})");
  setup.mock = fails("E");
  const auto trial = trial_of(kParallel, std::move(setup));
  EXPECT_EQ(trial.report().status, Status::caught);
  EXPECT_EQ(trial.report().next_state, "C");
}

TEST(StateTrial, FindsAStateHoweverDeepItIs) {
  constexpr std::string_view kMachine = R"({"StartAt": "P", "States": {"P": {"Type": "Parallel",
      "End": true, "Branches": [{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true,
        "ItemProcessor": {"StartAt": "X", "States": {
          "X": {"Type": "Pass", "Result": 1, "Next": "Y"}, "Y": {"Type": "Succeed"}}}}}}]}}})";
  const auto state = state_of(kMachine, "X");
  ASSERT_TRUE(state);
  EXPECT_EQ(state->type, "Pass");
  const StateTrial trial(compile(state->machine), with("{}"));
  EXPECT_EQ(trial.report().next_state, "Y");
  EXPECT_FALSE(state_of(kMachine, "Z"));
  EXPECT_FALSE(state_of("[", ""));
}

}  // namespace
}  // namespace doorbuster::states
