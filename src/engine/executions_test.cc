#include "engine/executions.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <numeric>

#include "engine/execution_queries.h"
#include "engine/step_functions_driver.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kPass = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
constexpr const char* kWait =
    R"({"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":60,"End":true}}})";
constexpr const char* kFail =
    R"({"StartAt":"A","States":{"A":{"Type":"Fail","Error":"Boom","Cause":"because"}}})";

class ExecutionsTest : public testing::Test {
 protected:
  TestBed bed;
  StepFunctionsDriver machine{bed};
};

// --- Starting ---------------------------------------------------------------------------------

TEST_F(ExecutionsTest, OneThatNeedsNobodyEndsAtOnce) {
  const auto arn = machine.create(kPass);
  const auto execution = machine.start(arn, "one", R"({"order":1})");
  EXPECT_EQ(execution, "arn:aws:states:us-east-1:000000000000:execution:Machine:one");
  const auto seen = machine.describe(execution);
  EXPECT_EQ(seen.status, "SUCCEEDED");
  EXPECT_EQ(seen.output, R"({"order":1})");
  EXPECT_EQ(seen.input, R"({"order":1})");
  EXPECT_EQ(seen.stateMachineArn, arn);
  EXPECT_EQ(seen.redriveStatus, "NOT_REDRIVABLE");
  EXPECT_EQ(machine.history(execution),
            "ExecutionStarted PassStateEntered PassStateExited ExecutionSucceeded");
}

TEST_F(ExecutionsTest, WithoutANameItGetsOne) {
  const auto arn = machine.create(kPass);
  const auto first = machine.start(arn, "", "{}");
  const auto second = machine.start(arn, "", "{}");
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), arn.size() - std::string("stateMachine").size() +
                              std::string("execution:").size() + 36);
}

TEST_F(ExecutionsTest, TheSameNameAndInputIsTheSameExecutionWhileItIsOpen) {
  const auto arn = machine.create(kWait);
  const auto first = bed.run(bed.step_functions().StartExecution({arn, "order-1", "{}", ""}));
  bed.advance(seconds(10));
  const auto again = bed.run(bed.step_functions().StartExecution({arn, "order-1", "{}", ""}));
  EXPECT_EQ(again.executionArn, first.executionArn);
  EXPECT_EQ(again.startDate, first.startDate);
  EXPECT_EQ(machine.error_of_start(arn, "order-1", R"({"other":1})"), "ExecutionAlreadyExists");
  bed.advance(seconds(60));
  EXPECT_EQ(machine.error_of_start(arn, "order-1", "{}"), "ExecutionAlreadyExists");
}

TEST_F(ExecutionsTest, TheSameNameTwiceInOneTurnIsOneExecution) {
  const auto arn = machine.create(kWait);
  const auto a = bed.begin_later(bed.step_functions().StartExecution({arn, "x", "{}", ""}));
  const auto b = bed.begin_later(bed.step_functions().StartExecution({arn, "x", "{}", ""}));
  bed.settle();
  EXPECT_EQ(a->value->executionArn, b->value->executionArn);
  EXPECT_EQ(machine.list(arn).size(), 1U);
}

TEST_F(ExecutionsTest, RefusesWhatAwsRefuses) {
  const auto arn = machine.create(kPass);
  EXPECT_EQ(machine.error_of_start(arn, "", "{"), "InvalidExecutionInput");
  EXPECT_EQ(machine.error_of_start(arn, "", ""), "InvalidExecutionInput");
  const auto without = bed.run(bed.step_functions().StartExecution({arn, "", std::nullopt, ""}));
  EXPECT_EQ(machine.describe(without.executionArn).input, "{}");
  EXPECT_EQ(machine.error_of_start(arn, "", '"' + std::string(256 << 10, 'x') + '"'),
            "InvalidExecutionInput");
  EXPECT_EQ(machine.error_of_start(arn, "a b", "{}"), "InvalidName");
  EXPECT_EQ(machine.error_of_start(arn, std::string(81, 'x'), "{}"), "InvalidName");
  EXPECT_EQ(machine.error_of_start("nonsense", "", "{}"), "InvalidArn");
  EXPECT_EQ(machine.error_of_start("arn:aws:states:us-east-1:000000000000:activity:a", "", "{}"),
            "InvalidArn");
  EXPECT_EQ(machine.error_of_start(arn + "x", "", "{}"), "StateMachineDoesNotExist");
  const std::string nobody = "arn:aws:states:us-east-1:000000000000:execution:Machine:nobody";
  EXPECT_EQ(bed.error_of(bed.step_functions().DescribeExecution({nobody, ""})),
            "ExecutionDoesNotExist");
  EXPECT_EQ(bed.error_of(bed.step_functions().GetExecutionHistory({nobody})),
            "ExecutionDoesNotExist");
  EXPECT_EQ(bed.error_of(bed.step_functions().StopExecution({nobody, "", ""})),
            "ExecutionDoesNotExist");
}

// --- Time and crashes -------------------------------------------------------------------------

TEST_F(ExecutionsTest, ATimerWakesItAlsoAfterACrash) {
  const auto arn = machine.create(kWait);
  const auto execution = machine.start(arn, "one", "{}");
  bed.advance(seconds(59));
  EXPECT_EQ(machine.status(execution), "RUNNING");
  bed.reopen();
  EXPECT_EQ(machine.status(execution), "RUNNING");
  bed.advance(seconds(1));
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
  EXPECT_EQ(machine.history(execution),
            "ExecutionStarted WaitStateEntered WaitStateExited ExecutionSucceeded");
}

TEST_F(ExecutionsTest, EveryEndedOneOutlivesACrash) {
  const auto execution = machine.start(machine.create(kFail), "one", "{}");
  bed.reopen();
  const auto seen = machine.describe(execution);
  EXPECT_EQ(seen.status, "FAILED");
  EXPECT_EQ(seen.error, "Boom");
  EXPECT_EQ(seen.cause, "because");
  EXPECT_EQ(machine.history(execution), "ExecutionStarted FailStateEntered ExecutionFailed");
}

TEST_F(ExecutionsTest, EndsByTheDefinitionItBeganWith) {
  const auto arn = machine.create(kWait);
  const auto execution = machine.start(arn, "one", "{}");
  cloud::UpdateStateMachineInput update;
  update.stateMachineArn = arn;
  update.definition = kFail;
  bed.run(bed.step_functions().UpdateStateMachine(update));
  bed.reopen();
  const auto of = bed.run(bed.step_functions().DescribeStateMachineForExecution({execution, ""}));
  EXPECT_EQ(of.definition, kWait);
  bed.advance(seconds(60));
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
  EXPECT_EQ(machine.status(machine.start(arn, "two", "{}")), "FAILED");
}

TEST_F(ExecutionsTest, MoreAreOpenThanAreKeptInMemory) {
  const auto arn = machine.create(kWait);
  constexpr int kMany = 5'000;
  for (int i = 0; i < kMany; ++i) {
    bed.begin_later(bed.step_functions().StartExecution({arn, "n" + std::to_string(i), "{}", ""}));
  }
  bed.settle();
  bed.advance(seconds(60));
  cloud::ListExecutionsInput running;
  running.stateMachineArn = arn;
  running.statusFilter = "RUNNING";
  EXPECT_TRUE(bed.run(bed.step_functions().ListExecutions(running)).executions.empty());
  EXPECT_EQ(machine.status(StepFunctionsDriver::execution("n0")), "SUCCEEDED");
  EXPECT_EQ(machine.status(StepFunctionsDriver::execution("n4999")), "SUCCEEDED");
}

// Each writes more than a tenth of what a turn can hold.
TEST_F(ExecutionsTest, ManyThatWakeAtOnceDoNotShareOneTurn) {
  const auto arn = machine.create(R"({"StartAt":"W","States":{
      "W":{"Type":"Wait","Seconds":60,"Next":"A"},
      "A":{"Type":"Pass","Result":1,"ResultPath":"$.a","Next":"B"},
      "B":{"Type":"Pass","Result":2,"ResultPath":"$.b","Next":"C"},
      "C":{"Type":"Pass","Result":3,"ResultPath":"$.c","End":true}}})");
  constexpr int kMany = 40;
  const std::string input = R"({"x":")" + std::string(200'000, 'x') + R"("})";
  for (int i = 0; i < kMany; ++i) machine.start(arn, "n" + std::to_string(i), input);
  bed.clock().advance(seconds(60));
  const auto asked = bed.begin_later(bed.step_functions().StartExecution({arn, "more", "{}", ""}));
  bed.context().restart();
  bed.context().poll();
  bed.engine().turn();
  int ended = 0;
  for (int i = 0; i < kMany; ++i) {
    const auto record =
        record_of(bed.engine().store(), StepFunctionsDriver::execution("n" + std::to_string(i)));
    ended += record.status == states::Status::succeeded ? 1 : 0;
  }
  EXPECT_GT(ended, 0);
  EXPECT_LT(ended, kMany / 2);
  bed.context().restart();
  bed.context().poll();
  EXPECT_TRUE(asked->done()) << "commands wait for them";
  bed.settle();
  EXPECT_EQ(machine.status(StepFunctionsDriver::execution("n39")), "SUCCEEDED");
}

TEST_F(ExecutionsTest, OneThatIsDamagedFailsAlone) {
  const auto arn = machine.create(kWait);
  const auto damaged = machine.start(arn, "damaged", R"({"order":1})");
  const auto sound = machine.start(arn, "sound", "{}");
  machine.damage(damaged);
  bed.reopen();
  bed.advance(seconds(60));
  const auto seen = machine.describe(damaged);
  EXPECT_EQ(seen.status, "FAILED");
  EXPECT_EQ(seen.error, "States.Runtime");
  EXPECT_THAT(seen.cause, testing::StartsWith("What is stored of the execution is damaged: "));
  EXPECT_EQ(seen.input, R"({"order":1})");
  EXPECT_EQ(machine.history(damaged), "ExecutionStarted WaitStateEntered ExecutionFailed");
  EXPECT_THAT(bed.log(), testing::Contains(testing::HasSubstr(damaged)));
  EXPECT_EQ(machine.status(sound), "SUCCEEDED");
  EXPECT_EQ(bed.error_of(bed.step_functions().RedriveExecution({damaged, ""})),
            "ExecutionNotRedrivable");
}

TEST_F(ExecutionsTest, OneThatWasDamagedIsRedrivenOnceItIsMended) {
  const auto execution = machine.start(machine.create(kWait), "one", "{}");
  const std::string pieces = machine.pieces(execution);
  machine.damage(execution);
  bed.reopen();
  bed.advance(seconds(60));
  EXPECT_EQ(machine.status(execution), "FAILED");
  machine.put_pieces(execution, pieces);
  bed.run(bed.step_functions().RedriveExecution({execution, ""}));
  bed.reopen();
  bed.advance(seconds(59));
  EXPECT_EQ(machine.status(execution), "RUNNING");
  bed.advance(seconds(1));
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
  EXPECT_EQ(machine.history(execution),
            "ExecutionStarted WaitStateEntered ExecutionFailed ExecutionRedriven WaitStateExited "
            "ExecutionSucceeded");
}

TEST_F(ExecutionsTest, OneThatIsDamagedIsForgottenInTime) {
  const auto execution = machine.start(machine.create(kWait), "one", "{}");
  machine.damage(execution);
  bed.reopen();
  bed.advance(days(91));
  EXPECT_EQ(bed.error_of(bed.step_functions().DescribeExecution({execution, ""})),
            "ExecutionDoesNotExist");
  std::size_t left = 0;
  bed.engine().store().scan(Family::state, "y", "z", [&](std::string_view, std::string_view) {
    ++left;
    return true;
  });
  EXPECT_EQ(left, 0U);
}

// A Map's items are gone, which shows only when the next is to begin.
TEST_F(ExecutionsTest, OneThatBreaksAsItIsRedrivenFailsAlone) {
  const auto arn = machine.create(R"({"StartAt":"M","States":{"M":{"Type":"Map","End":true,
      "ItemProcessor":{"StartAt":"F","States":{"F":{"Type":"Fail","Error":"Boom"}}}}}})");
  const auto execution = machine.start(arn, "one", "[1,2]");
  machine.put_piece(execution, "m/1", R"([3,[],"",2,false])");
  bed.reopen();
  bed.run(bed.step_functions().RedriveExecution({execution, ""}));
  const auto seen = machine.describe(execution);
  EXPECT_EQ(seen.status, "FAILED");
  EXPECT_THAT(seen.cause, testing::StartsWith("What is stored of the execution is damaged: "));
  EXPECT_EQ(seen.redriveCount, 1);
  EXPECT_EQ(machine.history(execution).substr(machine.history(execution).rfind(' ')),
            " ExecutionFailed");
  bed.reopen();
  EXPECT_EQ(machine.list(arn).size(), 1U);
  EXPECT_EQ(machine.status(machine.start(arn, "two", "[]")), "SUCCEEDED");
  bed.advance(days(90));
  EXPECT_TRUE(machine.list(arn).empty());
}

// It is looked up in the store when it is redriven.
TEST_F(ExecutionsTest, OneThatHasEndedIsNotKeptInMemory) {
  const auto execution = machine.start(machine.create(kFail), "one", "{}");
  machine.damage(execution);
  EXPECT_EQ(bed.error_of(bed.step_functions().RedriveExecution({execution, ""})),
            "ExecutionNotRedrivable");
}

// --- Stopping and redriving -------------------------------------------------------------------

TEST_F(ExecutionsTest, IsStopped) {
  const auto execution = machine.start(machine.create(kWait), "one", "{}");
  bed.run(bed.step_functions().StopExecution({execution, "Enough", "of it"}));
  const auto seen = machine.describe(execution);
  EXPECT_EQ(seen.status, "ABORTED");
  EXPECT_EQ(seen.error, "Enough");
  EXPECT_EQ(seen.cause, "of it");
  bed.advance(seconds(60));
  EXPECT_EQ(machine.status(execution), "ABORTED");
}

TEST_F(ExecutionsTest, IsRedrivenFromTheStateThatFailed) {
  const auto execution = machine.start(machine.create(kFail), "one", "{}");
  EXPECT_EQ(machine.describe(execution).redriveStatus, "REDRIVABLE");
  bed.reopen();
  bed.run(bed.step_functions().RedriveExecution({execution, ""}));
  const auto seen = machine.describe(execution);
  EXPECT_EQ(seen.status, "FAILED");
  EXPECT_EQ(seen.redriveCount, 1);
  EXPECT_EQ(machine.list(StepFunctionsDriver::arn()).size(), 1U);
  bed.advance(days(15));
  EXPECT_EQ(bed.error_of(bed.step_functions().RedriveExecution({execution, ""})),
            "ExecutionNotRedrivable");
}

// --- Listing ----------------------------------------------------------------------------------

TEST_F(ExecutionsTest, ListsTheNewestFirstPageByPage) {
  const auto arn = machine.create(kWait);
  for (int i = 0; i < 7; ++i) machine.start(arn, "n" + std::to_string(i), "{}");
  bed.run(bed.step_functions().StopExecution({StepFunctionsDriver::execution("n3"), "", ""}));
  cloud::ListExecutionsInput request;
  request.stateMachineArn = arn;
  request.maxResults = 3;
  std::string names;
  do {
    auto page = bed.run(bed.step_functions().ListExecutions(request));
    for (const auto& item : page.executions) names += item.name + ' ';
    request.nextToken = page.nextToken;
  } while (!request.nextToken.empty());
  EXPECT_EQ(names, "n6 n5 n4 n3 n2 n1 n0 ");
  request.statusFilter = "ABORTED";
  EXPECT_EQ(bed.run(bed.step_functions().ListExecutions(request)).executions.size(), 1U);
  request.statusFilter = "DANCING";
  EXPECT_EQ(bed.error_of(bed.step_functions().ListExecutions(request)), "ValidationException");
  request.statusFilter.clear();
  request.nextToken = "zz";
  EXPECT_EQ(bed.error_of(bed.step_functions().ListExecutions(request)), "InvalidToken");
}

TEST_F(ExecutionsTest, ListsThemAsTheyWereAtOneMoment) {
  const auto arn = machine.create(kWait);
  const auto execution = machine.start(arn, "one", "{}");
  const auto number = record_of(bed.engine().store(), execution).machine;
  const Store::Snapshot before = bed.engine().store().snapshot();
  bed.advance(seconds(60));
  const auto list = [&](const Store::Snapshot& store, const std::string& status) {
    cloud::ListExecutionsInput request;
    request.statusFilter = status;
    std::string found;
    for (const auto& item : list_executions(store, number, request).executions) {
      found += item.status;
    }
    return found;
  };
  EXPECT_EQ(list(before, "RUNNING"), "RUNNING");
  EXPECT_EQ(list(before, "SUCCEEDED"), "");
  EXPECT_EQ(list(bed.engine().store().snapshot(), ""), "SUCCEEDED");
}

TEST_F(ExecutionsTest, PagesItsHistoryBothWays) {
  const auto execution = machine.start(machine.create(kPass), "one", "{}");
  cloud::GetExecutionHistoryInput request;
  request.executionArn = execution;
  request.maxResults = 3;
  auto page = bed.run(bed.step_functions().GetExecutionHistory(request));
  ASSERT_EQ(page.events.size(), 3U);
  EXPECT_EQ(page.events[0].previousEventId, 0);
  request.nextToken = page.nextToken;
  page = bed.run(bed.step_functions().GetExecutionHistory(request));
  ASSERT_EQ(page.events.size(), 1U);
  EXPECT_EQ(page.events[0].type, "ExecutionSucceeded");
  EXPECT_TRUE(page.nextToken.empty());
  EXPECT_TRUE(page.events[0].details.at("executionSucceededEventDetails").at("output") == "{}");
  request.nextToken.clear();
  request.reverseOrder = true;
  request.includeExecutionData = false;
  page = bed.run(bed.step_functions().GetExecutionHistory(request));
  EXPECT_EQ(page.events[0].id, 4);
  EXPECT_FALSE(
      page.events[0].details.at("executionSucceededEventDetails").as_object().contains("output"));
  request.nextToken = page.nextToken;
  page = bed.run(bed.step_functions().GetExecutionHistory(request));
  ASSERT_EQ(page.events.size(), 1U);
  EXPECT_EQ(page.events[0].id, 1);
}

// More events than the store keeps in a row.
TEST_F(ExecutionsTest, PagesALongHistoryBothWays) {
  json::object states;
  constexpr int kStates = 100;
  for (int i = 1; i < kStates; ++i) {
    states[std::to_string(i)] = {{"Type", "Pass"}, {"Next", std::to_string(i + 1)}};
  }
  states[std::to_string(kStates)] = {{"Type", "Pass"}, {"End", true}};
  const auto arn =
      machine.create(json::serialize(json::object{{"StartAt", "1"}, {"States", states}}));
  cloud::GetExecutionHistoryInput request;
  request.executionArn = machine.start(arn, "one", R"({"order":1})");
  request.maxResults = 7;
  std::vector<std::int64_t> ids;
  for (const bool reverse : {false, true}) {
    request.reverseOrder = reverse;
    do {
      auto page = bed.run(bed.step_functions().GetExecutionHistory(request));
      for (const auto& event : page.events) {
        ids.push_back(event.id);
        if (event.type != "PassStateExited") continue;
        EXPECT_EQ(event.details.at("stateExitedEventDetails").at("output"), R"({"order":1})");
      }
      request.nextToken = page.nextToken;
    } while (!request.nextToken.empty());
  }
  std::vector<std::int64_t> expected(2 * kStates + 2);
  std::iota(expected.begin(), expected.end(), 1);
  const std::vector<std::int64_t> backwards(expected.rbegin(), expected.rend());
  expected.insert(expected.end(), backwards.begin(), backwards.end());
  EXPECT_EQ(ids, expected);
}

// --- Retention --------------------------------------------------------------------------------

TEST_F(ExecutionsTest, IsForgottenAfterNinetyDays) {
  const auto arn = machine.create(kPass);
  const auto execution = machine.start(arn, "one", "{}");
  bed.advance(days(89));
  bed.reopen();
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
  bed.advance(days(1));
  EXPECT_EQ(bed.error_of(bed.step_functions().DescribeExecution({execution, ""})),
            "ExecutionDoesNotExist");
  EXPECT_TRUE(machine.list(arn).empty());
  EXPECT_EQ(machine.status(machine.start(arn, "one", "{}")), "SUCCEEDED");
}

// --- Express ----------------------------------------------------------------------------------

TEST_F(ExecutionsTest, AnExpressOneAnswersWithItsOutcome) {
  const auto arn = machine.create(kPass, "EXPRESS");
  const auto result =
      bed.run(bed.step_functions().StartSyncExecution({arn, "one", R"({"a":1})", "", ""}));
  EXPECT_EQ(result.status, "SUCCEEDED");
  EXPECT_EQ(result.output, R"({"a":1})");
  EXPECT_EQ(result.billingDetails.billedMemoryUsedInMB, 64);
  EXPECT_EQ(result.billingDetails.billedDurationInMilliseconds, 100);
  EXPECT_TRUE(result.executionArn.starts_with(
      "arn:aws:states:us-east-1:000000000000:express:Machine:one:"));
  EXPECT_EQ(bed.error_of(bed.step_functions().ListExecutions({arn})),
            "StateMachineTypeNotSupported");
  EXPECT_NE(machine.start(arn, "one", "{}"), machine.start(arn, "one", "{}"));
}

TEST_F(ExecutionsTest, NobodyAsksForAnExpressOne) {
  const auto execution = machine.start(machine.create(kPass, "EXPRESS"), "one", "{}");
  auto& states = bed.step_functions();
  EXPECT_EQ(bed.error_of(states.DescribeExecution({execution, ""})), "InvalidArn");
  EXPECT_EQ(bed.error_of(states.StopExecution({execution, "", ""})), "InvalidArn");
  cloud::GetExecutionHistoryInput history;
  history.executionArn = execution;
  EXPECT_EQ(bed.error_of(states.GetExecutionHistory(history)), "InvalidArn");
}

TEST_F(ExecutionsTest, AnExpressOneHasFiveMinutes) {
  const auto arn = machine.create(
      R"({"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":400,"End":true}}})", "EXPRESS");
  const auto outcome =
      bed.begin(bed.step_functions().StartSyncExecution({arn, "one", "{}", "", ""}));
  bed.advance(minutes(4));
  EXPECT_FALSE(outcome->done());
  bed.advance(minutes(1));
  ASSERT_TRUE(outcome->value);
  EXPECT_EQ(outcome->value->status, "TIMED_OUT");
  EXPECT_EQ(outcome->value->error, "States.Timeout");
  EXPECT_EQ(outcome->value->billingDetails.billedDurationInMilliseconds, 300'000);
}

TEST_F(ExecutionsTest, AnExpressOneIsForgottenWhileItIsAskedFor) {
  const auto arn = machine.create(kWait, "EXPRESS");
  const auto execution = machine.start(arn, "one", "{}");
  auto stop = [execution](Machine& m, Turn& turn) {
    return m.executions.stop(turn, execution, "", "");
  };
  bed.begin_later(bed.engine().call<cloud::Time>(std::move(stop)));
  auto destroy = [arn](Machine& m, Turn& turn) {
    m.state_machines.destroy(turn, arn);
    return 0;
  };
  bed.begin_later(bed.engine().call<int>(std::move(destroy)));
  EXPECT_EQ(bed.error_of(bed.step_functions().DescribeStateMachineForExecution({execution, ""})),
            "ExecutionDoesNotExist");
  EXPECT_EQ(bed.engine().failure(), nullptr);
}

TEST_F(ExecutionsTest, AStandardOneIsNotWaitedFor) {
  const auto arn = machine.create(kPass);
  EXPECT_EQ(bed.error_of(bed.step_functions().StartSyncExecution({arn, "", "{}", "", ""})),
            "StateMachineTypeNotSupported");
}

}  // namespace
}  // namespace doorbuster::engine
