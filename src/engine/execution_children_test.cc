// Distributed Maps: their children are executions of their own.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/step_functions_driver.h"
#include "engine/task_runner.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

std::string map(const std::string& states, const std::string& more = "") {
  return R"({"StartAt":"M","States":{"M":{"Type":"Map",)" + more +
         R"("ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},
             "StartAt":"P","States":)" +
         states + R"(},"End":true}}})";
}
const std::string kPass = R"({"P":{"Type":"Pass","End":true}})";
const std::string kWait = R"({"P":{"Type":"Wait","Seconds":10,"End":true}})";

class ExecutionChildrenTest : public testing::Test {
 protected:
  std::string run(const std::string& definition, const std::string& input) {
    return machine.start(machine.create(definition), "one", input);
  }
  std::vector<cloud::ExecutionListItem> children(const std::string& execution) {
    const auto runs = bed.run(bed.step_functions().ListMapRuns({execution})).mapRuns;
    cloud::ListExecutionsInput request;
    request.mapRunArn = runs.at(0).mapRunArn;
    return bed.run(bed.step_functions().ListExecutions(request)).executions;
  }

  TestBed bed;
  StepFunctionsDriver machine{bed};
};

TEST_F(ExecutionChildrenTest, EachItemIsAnExecution) {
  const auto execution = run(map(kPass), "[1,2,3]");
  EXPECT_EQ(machine.describe(execution).output, "[1,2,3]");
  const auto all = children(execution);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].status, "SUCCEEDED");
  EXPECT_TRUE(all[0].stateMachineArn.ends_with(":stateMachine:Machine/M"))
      << all[0].stateMachineArn;
  EXPECT_TRUE(all[0].executionArn.starts_with(
      "arn:aws:states:us-east-1:000000000000:execution:Machine/M:"));
  EXPECT_EQ(machine.history(all[0].executionArn),
            "ExecutionStarted PassStateEntered PassStateExited ExecutionSucceeded");
  EXPECT_EQ(machine.list(StepFunctionsDriver::arn()).size(), 1U);
}

TEST_F(ExecutionChildrenTest, GoOnAfterACrash) {
  const auto execution = run(map(kWait), "[1,2,3]");
  EXPECT_EQ(children(execution).size(), 3U);
  bed.reopen();
  bed.advance(seconds(9));
  EXPECT_EQ(machine.status(execution), "RUNNING");
  bed.reopen();
  bed.advance(seconds(1));
  EXPECT_EQ(machine.describe(execution).output, "[1,2,3]");
  EXPECT_EQ(children(execution).size(), 3U);
}

TEST_F(ExecutionChildrenTest, AreStoppedWithTheirParent) {
  const auto execution = run(map(kWait), "[1,2]");
  const auto before = children(execution);
  bed.run(bed.step_functions().StopExecution({execution, "", ""}));
  EXPECT_EQ(machine.status(execution), "ABORTED");
  for (const auto& child : children(execution)) EXPECT_EQ(child.status, "ABORTED");
  bed.reopen();
  bed.advance(seconds(10));
  for (const auto& child : children(execution)) EXPECT_EQ(child.status, "ABORTED");
}

TEST_F(ExecutionChildrenTest, OneThatFailsFailsTheMap) {
  const auto execution = run(map(R"({"P":{"Type":"Fail","Error":"Boom"}})"), "[1,2]");
  EXPECT_EQ(machine.describe(execution).error, "States.ExceedToleratedFailureThreshold");
}

TEST_F(ExecutionChildrenTest, ExpressOnesLeaveNoHistoryAndEndInTime) {
  std::string definition = map(R"({"P":{"Type":"Wait","Seconds":400,"End":true}})");
  definition.replace(definition.find("STANDARD"), 8, "EXPRESS");
  const auto execution = run(definition, "[1]");
  bed.reopen();
  bed.advance(std::chrono::minutes(5));
  EXPECT_EQ(machine.describe(execution).error, "States.ExceedToleratedFailureThreshold");
  const auto all = children(execution);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].status, "TIMED_OUT");
  EXPECT_EQ(machine.history(all[0].executionArn), "");
}

TEST_F(ExecutionChildrenTest, AMapWithinAMapHasARunForEachOfItsIterations) {
  const std::string definition = R"({"StartAt":"O","States":{"O":{"Type":"Map","ItemProcessor":)" +
                                 map(kWait) + R"(,"End":true}}})";
  const auto execution = run(definition, "[[1],[2,3]]");
  const auto runs = bed.run(bed.step_functions().ListMapRuns({execution})).mapRuns;
  ASSERT_EQ(runs.size(), 2U);
  std::vector<std::size_t> sizes;
  for (const auto& run : runs) {
    cloud::ListExecutionsInput request;
    request.mapRunArn = run.mapRunArn;
    sizes.push_back(bed.run(bed.step_functions().ListExecutions(request)).executions.size());
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{1, 2}));
  bed.advance(seconds(10));
  EXPECT_EQ(machine.describe(execution).output, "[[1],[2,3]]");
  for (const auto& run : bed.run(bed.step_functions().ListMapRuns({execution})).mapRuns) {
    EXPECT_NE(run.stopDate, cloud::Time());
  }
}

TEST_F(ExecutionChildrenTest, AnItemMayBeNestedAsDeeplyAsDataCanBe) {
  const std::string item = std::string(400, '[') + std::string(400, ']');
  const auto execution = run(map(kPass), "[" + item + "]");
  bed.reopen();
  EXPECT_EQ(machine.describe(execution).output, "[" + item + "]");
}

TEST_F(ExecutionChildrenTest, AThousandItems) {
  json::array items;
  for (int i = 0; i < 1'000; ++i) items.emplace_back(i);
  const auto execution = run(map(kPass), json::serialize(items));
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
}

TEST_F(ExecutionChildrenTest, ItemsComeFromAnObjectAndResultsGoIntoOne) {
  bed.run(bed.s3().CreateBucket({"items"}));
  cloud::PutObjectRequest put;
  put.Bucket = "items";
  put.Key = "all.json";
  put.Body = "[10,20]";
  bed.run(bed.s3().PutObject(std::move(put)));
  const auto services = make_services(bed.engine());
  const TaskRunner runner(bed.engine(), *services, {}, bed.executor());
  const auto execution = run(map(kPass,
                                 R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject",
              "ReaderConfig":{"InputType":"JSON"},
              "Parameters":{"Bucket":"items","Key":"all.json"}},
             "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject",
              "Parameters":{"Bucket":"items","Prefix":"out"}},)"),
                             "{}");
  EXPECT_EQ(machine.status(execution), "SUCCEEDED") << machine.describe(execution).cause;
  EXPECT_EQ(children(execution).size(), 2U);
  cloud::ListObjectsV2Request list;
  list.Bucket = "items";
  list.Prefix = "out/";
  EXPECT_FALSE(bed.run(bed.s3().ListObjectsV2(list)).Contents.empty());
}

}  // namespace
}  // namespace doorbuster::engine
