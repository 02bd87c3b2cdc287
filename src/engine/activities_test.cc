#include "engine/activities.h"

#include <gtest/gtest.h>

#include "engine/step_functions_driver.h"

namespace doorbuster::engine {
namespace {

using std::chrono::seconds;

constexpr const char* kActivity = "arn:aws:states:us-east-1:000000000000:activity:Pack";
constexpr const char* kPack = R"({"StartAt":"A","States":{"A":{"Type":"Task","TimeoutSeconds":300,
    "HeartbeatSeconds":30,"Resource":"arn:aws:states:us-east-1:000000000000:activity:Pack",
    "End":true}}})";

class ActivitiesTest : public testing::Test {
 protected:
  ActivitiesTest() { bed.run(bed.step_functions().CreateActivity({"Pack", {}, {}})); }

  auto poll() { return bed.begin(bed.step_functions().GetActivityTask({kActivity, "worker"})); }
  std::string token() {
    const auto task = poll();
    return task->value ? task->value->taskToken : "nothing yet";
  }
  std::string succeed(const std::string& token, const std::string& output = "{}") {
    return bed.error_of(answer(bed.step_functions().SendTaskSuccess({token, output})));
  }
  static cloud::Async<Done> answer(cloud::Async<void> operation) {
    co_await std::move(operation);
    co_return Done{};
  }

  TestBed bed;
  StepFunctionsDriver machine{bed};
};

TEST_F(ActivitiesTest, AWorkerFetchesATaskAndAnswersIt) {
  const auto execution = machine.start(machine.create(kPack), "one", R"({"box":1})");
  const auto task = poll();
  ASSERT_TRUE(task->value);
  EXPECT_EQ(task->value->input, R"({"box":1})");
  EXPECT_EQ(succeed(task->value->taskToken, R"("packed")"), "");
  EXPECT_EQ(machine.describe(execution).output, R"("packed")");
  EXPECT_EQ(machine.history(execution),
            "ExecutionStarted TaskStateEntered ActivityScheduled ActivityStarted "
            "ActivitySucceeded TaskStateExited ExecutionSucceeded");
  EXPECT_EQ(succeed(task->value->taskToken), "TaskTimedOut");
}

TEST_F(ActivitiesTest, AWorkerWaitsForATask) {
  const auto task = poll();
  EXPECT_FALSE(task->done());
  machine.start(machine.create(kPack), "one", "{}");
  ASSERT_TRUE(task->value);
  EXPECT_FALSE(task->value->taskToken.empty());
}

TEST_F(ActivitiesTest, AWorkerWaitsForOneMinute) {
  const auto task = poll();
  bed.advance(seconds(59));
  EXPECT_FALSE(task->done());
  bed.advance(seconds(1));
  ASSERT_TRUE(task->value);
  EXPECT_TRUE(task->value->taskToken.empty());
}

TEST_F(ActivitiesTest, WhatNobodyHasTakenIsThereAfterACrash) {
  const auto execution = machine.start(machine.create(kPack), "one", "{}");
  bed.reopen();
  EXPECT_EQ(succeed(token()), "");
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
}

TEST_F(ActivitiesTest, WhatAWorkerHasIsAnsweredAfterACrashAndGivenToNobodyElse) {
  const auto execution = machine.start(machine.create(kPack), "one", "{}");
  const auto mine = token();
  bed.reopen();
  EXPECT_FALSE(poll()->done());
  EXPECT_EQ(succeed(mine), "");
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
}

TEST_F(ActivitiesTest, AHeartbeatKeepsItAlive) {
  const auto execution = machine.start(machine.create(kPack), "one", "{}");
  const auto mine = token();
  bed.advance(seconds(20));
  EXPECT_EQ(bed.error_of(answer(bed.step_functions().SendTaskHeartbeat({mine}))), "");
  bed.reopen();
  bed.advance(seconds(20));
  EXPECT_EQ(machine.status(execution), "RUNNING");
  bed.advance(seconds(10));
  EXPECT_EQ(machine.status(execution), "FAILED");
  EXPECT_EQ(bed.error_of(answer(bed.step_functions().SendTaskHeartbeat({mine}))), "TaskTimedOut");
}

TEST_F(ActivitiesTest, AFailureIsTheWorkers) {
  const auto execution = machine.start(machine.create(kPack), "one", "{}");
  const auto mine = token();
  bed.run(bed.step_functions().SendTaskFailure({mine, "TooSmall", "the box"}));
  EXPECT_EQ(machine.describe(execution).error, "TooSmall");
  EXPECT_EQ(machine.describe(execution).cause, "the box");
}

TEST_F(ActivitiesTest, ATokenCantBeGuessed) {
  machine.start(machine.create(kPack), "one", "{}");
  auto mine = token();
  mine.back() = mine.back() == '0' ? '1' : '0';
  EXPECT_EQ(succeed(mine), "InvalidToken");
  EXPECT_EQ(succeed("abc"), "InvalidToken");
  EXPECT_EQ(succeed(""), "InvalidToken");
}

TEST_F(ActivitiesTest, AnOutputIsJson) {
  machine.start(machine.create(kPack), "one", "{}");
  EXPECT_EQ(succeed(token(), "{"), "InvalidOutput");
}

TEST_F(ActivitiesTest, ItsStateFailsIfItIsGone) {
  const auto arn = machine.create(kPack);
  bed.run(bed.step_functions().DeleteActivity({kActivity}));
  EXPECT_EQ(machine.status(machine.start(arn, "one", "{}")), "FAILED");
  EXPECT_EQ(bed.error_of(bed.step_functions().GetActivityTask({kActivity, ""})),
            "ActivityDoesNotExist");
}

// Whether there was a restart in between or not.
TEST_F(ActivitiesTest, ItsTasksAreThoseOfTheNextOfItsName) {
  const auto arn = machine.create(kPack);
  for (const bool crash : {false, true}) {
    const auto execution = machine.start(arn, crash ? "two" : "one", "{}");
    bed.run(bed.step_functions().DeleteActivity({kActivity}));
    if (crash) bed.reopen();
    bed.run(bed.step_functions().CreateActivity({"Pack", {}, {}}));
    if (crash) bed.reopen();
    EXPECT_EQ(succeed(token()), "");
    EXPECT_EQ(machine.status(execution), "SUCCEEDED");
  }
}

TEST_F(ActivitiesTest, IsDescribedListedAndTagged) {
  bed.reopen();
  EXPECT_EQ(bed.run(bed.step_functions().DescribeActivity({kActivity})).name, "Pack");
  EXPECT_EQ(bed.run(bed.step_functions().ListActivities({})).activities.size(), 1U);
  bed.run(bed.step_functions().TagResource({kActivity, {{"a", "1"}}}));
  EXPECT_EQ(bed.run(bed.step_functions().ListTagsForResource({kActivity})).tags.size(), 1U);
  EXPECT_EQ(bed.error_of(bed.step_functions().CreateActivity({"a b", {}, {}})), "InvalidName");
}

}  // namespace
}  // namespace doorbuster::engine
