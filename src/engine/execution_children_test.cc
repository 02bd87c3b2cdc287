// Distributed Maps: their children are executions of their own.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "engine/map_data.h"
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
    cloud::ListExecutionsInput request;
    request.mapRunArn = map_run(execution);
    return bed.run(bed.step_functions().ListExecutions(request)).executions;
  }

  std::string map_run(const std::string& execution) {
    return bed.run(bed.step_functions().ListMapRuns({execution})).mapRuns.at(0).mapRunArn;
  }
  cloud::DescribeMapRunOutput describe_run(const std::string& execution) {
    return bed.run(bed.step_functions().DescribeMapRun({map_run(execution)}));
  }
  // "1 waiting, 2 running, ..." without what there is none of.
  static std::string told(const cloud::MapRunCounts& counts) {
    std::string text;
    const auto add = [&](std::int64_t count, const char* what) {
      if (count == 0) return;
      text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' + what;
    };
    add(counts.pending, "pending");
    add(counts.pendingRedrive, "pendingRedrive");
    add(counts.running, "running");
    add(counts.succeeded, "succeeded");
    add(counts.failed, "failed");
    add(counts.timedOut, "timedOut");
    add(counts.aborted, "aborted");
    add(counts.total, "total");
    add(counts.resultsWritten, "resultsWritten");
    return text;
  }
  std::string object(const std::string& key) {
    cloud::GetObjectRequest get;
    get.Bucket = "items";
    get.Key = key;
    auto result = bed.run(bed.s3().GetObject(std::move(get)));
    return bed.run(cloud::read_all(std::move(result.Body), 1 << 20));
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

TEST_F(ExecutionChildrenTest, OfAMapWithASlashInItsNameAreChildrenAsOthersAre) {
  std::string definition = map(kWait);
  definition.replace(definition.find(R"("M")"), 3, R"("Load/Parse")");
  definition.replace(definition.find(R"("M":)"), 3, R"("Load/Parse")");
  const auto execution = run(definition, "[1,2]");
  bed.reopen();
  bed.advance(seconds(10));
  EXPECT_EQ(machine.describe(execution).output, "[1,2]") << machine.describe(execution).cause;
  EXPECT_EQ(bed.run(bed.step_functions().ListMapRuns({execution})).mapRuns.at(0).stateMachineArn,
            StepFunctionsDriver::arn("Machine/LoadParse"));
}

TEST_F(ExecutionChildrenTest, HaveArnsThatCanBeAskedFor) {
  std::string label;
  while (label.size() < 120) label += "\xe0\xb8\x81";  // 40 characters
  const std::string definition = map(kPass, R"("Label":")" + label + R"(",)");
  const auto execution =
      machine.start(machine.create(definition, "", std::string(80, 'm')), "one", "[1]");
  const auto child = children(execution).at(0).executionArn;
  EXPECT_EQ(machine.status(child), "SUCCEEDED");
  EXPECT_EQ(describe_run(execution).status, "SUCCEEDED");
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

TEST_F(ExecutionChildrenTest, AreStoppedWithTheirParentAlsoAfterACrash) {
  const auto execution = run(map(kWait), "[1,2]");
  bed.reopen();
  bed.run(bed.step_functions().StopExecution({execution, "", ""}));
  for (const auto& child : children(execution)) EXPECT_EQ(child.status, "ABORTED");
}

TEST_F(ExecutionChildrenTest, ADamagedParentFailsAndStopsThem) {
  const auto execution =
      run(map(R"({"P":{"Type":"Wait","SecondsPath":"$","End":true}})"), "[1,60]");
  machine.damage(execution);
  bed.reopen();
  bed.advance(seconds(10));
  EXPECT_EQ(machine.describe(execution).error, "States.Runtime");
  EXPECT_EQ(told(describe_run(execution).executionCounts), "1 succeeded, 1 aborted, 2 total");
  EXPECT_EQ(describe_run(execution).status, "FAILED");
}

TEST_F(ExecutionChildrenTest, ADamagedParentThatIsStoppedStopsThem) {
  const auto execution = run(map(kWait), "[1,2]");
  machine.damage(execution);
  bed.reopen();
  bed.run(bed.step_functions().StopExecution({execution, "Enough", "of it"}));
  EXPECT_EQ(machine.describe(execution).error, "Enough");
  EXPECT_EQ(machine.history(execution),
            "ExecutionStarted MapStateEntered MapStateStarted MapRunStarted ExecutionAborted");
  EXPECT_EQ(told(describe_run(execution).executionCounts), "2 aborted, 2 total");
  EXPECT_EQ(describe_run(execution).status, "ABORTED");
}

TEST_F(ExecutionChildrenTest, ADamagedOneFailsAsAnyOther) {
  const auto execution = run(map(kWait, R"("ToleratedFailureCount":1,)"), "[1,2]");
  machine.damage(children(execution).at(0).executionArn);
  bed.reopen();
  bed.advance(seconds(10));
  EXPECT_EQ(machine.describe(execution).output, "[1]");
  EXPECT_EQ(told(describe_run(execution).executionCounts),
            "1 succeeded, 1 failed, 2 total, 2 resultsWritten");
}

TEST_F(ExecutionChildrenTest, OneThatFailsFailsTheMap) {
  const auto execution = run(map(R"({"P":{"Type":"Fail","Error":"Boom"}})"), "[1,2]");
  EXPECT_EQ(machine.describe(execution).error, "States.ExceedToleratedFailureThreshold");
}

// It would run beside the one that its parent's redrive begins.
TEST_F(ExecutionChildrenTest, OneIsRedrivenByItsMapRunAlone) {
  const auto execution = run(map(R"({"P":{"Type":"Fail","Error":"Boom"}})"), "[1]");
  const auto child = children(execution).at(0).executionArn;
  EXPECT_EQ(machine.describe(child).redriveStatus, "REDRIVABLE_BY_MAP_RUN");
  EXPECT_EQ(bed.error_of(bed.step_functions().RedriveExecution({child, ""})),
            "ExecutionNotRedrivable");
  EXPECT_EQ(machine.describe(child).redriveCount, 0);
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

TEST_F(ExecutionChildrenTest, ARunIsDescribed) {
  const auto execution =
      run(map(kWait, R"("MaxConcurrency":2,"ItemBatcher":{"MaxItemsPerBatch":2},)"), "[1,2,3,4,5]");
  const auto runs = bed.run(bed.step_functions().ListMapRuns({execution})).mapRuns;
  EXPECT_EQ(runs.at(0).stateMachineArn, StepFunctionsDriver::arn("Machine/M"));
  auto seen = describe_run(execution);
  EXPECT_EQ(seen.executionArn, execution);
  EXPECT_EQ(seen.status, "RUNNING");
  EXPECT_EQ(seen.maxConcurrency, 2);
  EXPECT_EQ(told(seen.executionCounts), "1 pending, 2 running, 3 total");
  EXPECT_EQ(told(seen.itemCounts), "1 pending, 4 running, 5 total");
  EXPECT_EQ(children(execution).at(0).itemCount, 2);
  bed.advance(seconds(10));
  bed.reopen();
  EXPECT_EQ(told(describe_run(execution).itemCounts), "1 running, 4 succeeded, 5 total");
  bed.advance(seconds(10));
  seen = describe_run(execution);
  EXPECT_EQ(seen.status, "SUCCEEDED");
  EXPECT_NE(seen.stopDate, cloud::Time());
  EXPECT_EQ(told(seen.itemCounts), "5 succeeded, 5 total, 5 resultsWritten");
  EXPECT_EQ(bed.error_of(bed.step_functions().DescribeMapRun({map_run(execution) + "0"})),
            "ResourceNotFound");
}

TEST_F(ExecutionChildrenTest, AreRedrivenWithTheirRun) {
  const auto activity = bed.run(bed.step_functions().CreateActivity({"work", {}, {}})).activityArn;
  const std::string choice = R"({"P":{"Type":"Choice","Default":"T","Choices":[
      {"Variable":"$","NumericEquals":1,"Next":"S"}]},
      "S":{"Type":"Succeed"},"T":{"Type":"Task","TimeoutSeconds":10,"End":true,"Resource":")" +
                             activity + R"("}})";
  const auto execution =
      run(map(choice, R"("MaxConcurrency":1,"ToleratedFailureCount":1,)"), "[1,2,3,4]");
  bed.advance(seconds(20));
  EXPECT_EQ(describe_run(execution).status, "FAILED");
  EXPECT_EQ(told(describe_run(execution).executionCounts),
            "1 pending, 1 succeeded, 2 failed, 4 total");
  bed.run(bed.step_functions().RedriveExecution({execution, ""}));
  bed.reopen();
  auto seen = describe_run(execution);
  EXPECT_EQ(seen.status, "RUNNING");
  EXPECT_EQ(seen.redriveCount, 1);
  EXPECT_EQ(seen.redriveDate, bed.clock().now());
  EXPECT_EQ(told(seen.executionCounts), "2 pendingRedrive, 1 running, 1 succeeded, 4 total");
  for (int i = 0; i < 3; ++i) {
    const auto task = bed.run(bed.step_functions().GetActivityTask({activity, "worker"}));
    bed.run(bed.step_functions().SendTaskSuccess({task.taskToken, task.input}));
  }
  EXPECT_EQ(machine.describe(execution).output, "[1,2,3,4]");
  EXPECT_EQ(told(describe_run(execution).executionCounts),
            "4 succeeded, 4 total, 4 resultsWritten");
  std::string redrives;
  for (const auto& child : children(execution)) {
    redrives += std::to_string(machine.describe(child.executionArn).redriveCount);
  }
  EXPECT_EQ(redrives, "0110");  // the last one first
}

// Of the ends that the stop brings about, none is told to what has begun again.
TEST_F(ExecutionChildrenTest, GoOnIfTheirParentIsStoppedAndRedriven) {
  const auto execution = run(map(kWait), "[1,2]");
  const auto stop = [&] {
    bed.begin_later(bed.step_functions().StopExecution({execution, "", ""}));
  };
  const auto redrive = [&] {
    bed.begin_later(bed.step_functions().RedriveExecution({execution, ""}));
  };
  stop();
  redrive();
  bed.settle();
  bed.advance(seconds(5));
  stop();
  bed.context().restart();
  bed.context().poll();
  bed.engine().turn();
  redrive();
  bed.settle();
  bed.advance(seconds(9));
  EXPECT_EQ(machine.status(execution), "RUNNING");
  bed.advance(seconds(1));
  EXPECT_EQ(machine.describe(execution).output, "[1,2]");
  EXPECT_EQ(children(execution).size(), 2U);
  for (const auto& child : children(execution)) {
    EXPECT_EQ(machine.describe(child.executionArn).redriveCount, 1);
  }
}

TEST_F(ExecutionChildrenTest, OneThatCannotBeRedrivenIsBegunAnew) {
  const auto execution = run(map(kWait), "[1]");
  bed.run(bed.step_functions().StopExecution({execution, "", ""}));
  machine.damage(children(execution).at(0).executionArn);
  bed.run(bed.step_functions().RedriveExecution({execution, ""}));
  bed.advance(seconds(10));
  EXPECT_EQ(machine.describe(execution).output, "[1]");
  EXPECT_EQ(children(execution).size(), 2U);
}

TEST_F(ExecutionChildrenTest, ManyRunsAreListedInTheirOrder) {
  const std::string definition = R"({"StartAt":"O","States":{"O":{"Type":"Map","MaxConcurrency":1,
      "ItemProcessor":)" + map(kPass) +
                                 R"(,"End":true}}})";
  const auto execution = run(definition, "[[1],[],[1,2]]");
  bed.reopen();
  std::vector<std::int64_t> items;
  for (const auto& run : bed.run(bed.step_functions().ListMapRuns({execution})).mapRuns) {
    items.push_back(bed.run(bed.step_functions().DescribeMapRun({run.mapRunArn})).itemCounts.total);
  }
  EXPECT_EQ(items, (std::vector<std::int64_t>{1, 0, 2}));
  EXPECT_EQ(machine.describe(execution).output, "[[1],[],[1,2]]");
  bed.advance(std::chrono::days(91));
  std::size_t left = 0;
  for (const char* rows : {"g", "j"}) {
    const std::string end = after_prefix(rows);
    bed.engine().store().scan(Family::state, rows, end, [&](std::string_view, std::string_view) {
      ++left;
      return true;
    });
  }
  EXPECT_EQ(left, 0U);
}

TEST_F(ExecutionChildrenTest, ARedrivenRunCountsExpressOnesThatAreBegunAnew) {
  const std::string choice = R"({"P":{"Type":"Choice","Default":"W","Choices":[
      {"Variable":"$","NumericEquals":1,"Next":"S"}]},
      "S":{"Type":"Succeed"},"W":{"Type":"Wait","Seconds":10,"Next":"F"},"F":{"Type":"Fail"}})";
  std::string definition = map(choice);
  definition.replace(definition.find("STANDARD"), 8, "EXPRESS");
  const auto execution = run(definition, "[1,2]");
  bed.advance(seconds(10));
  auto seen = describe_run(execution);
  EXPECT_EQ(seen.status, "FAILED");
  EXPECT_EQ(told(seen.executionCounts), "1 succeeded, 1 failed, 2 total");
  bed.run(bed.step_functions().RedriveExecution({execution, ""}));
  bed.reopen();
  seen = describe_run(execution);
  EXPECT_EQ(seen.status, "RUNNING");
  EXPECT_EQ(seen.redriveCount, 1);
  EXPECT_EQ(seen.redriveDate, bed.clock().now());
  EXPECT_EQ(told(seen.executionCounts), "1 running, 1 succeeded, 2 total");
  bed.advance(seconds(10));
  EXPECT_EQ(told(describe_run(execution).executionCounts), "1 succeeded, 1 failed, 2 total");
}

TEST_F(ExecutionChildrenTest, ARunTakesNewLimits) {
  const auto execution = run(map(kWait, R"("MaxConcurrency":1,)"), "[1,2,3]");
  const auto update = [&](cloud::UpdateMapRunInput request) {
    return bed.error_of(bed.step_functions().UpdateMapRun(std::move(request)));
  };
  EXPECT_EQ(children(execution).size(), 1U);
  EXPECT_EQ(update({map_run(execution), 2, {}, 3}), "");
  EXPECT_EQ(children(execution).size(), 2U);
  bed.reopen();
  const auto seen = describe_run(execution);
  EXPECT_EQ(seen.maxConcurrency, 2);
  EXPECT_EQ(seen.toleratedFailureCount, 3);
  EXPECT_EQ(seen.toleratedFailurePercentage, 0);
  EXPECT_EQ(update({map_run(execution), {}, 100.5, {}}), "ValidationException");
  EXPECT_EQ(update({map_run(execution), -1, {}, {}}), "ValidationException");
  EXPECT_EQ(update({map_run(execution), {}, {}, {}}), "ValidationException");
  EXPECT_EQ(update({map_run(execution) + "0", 1, {}, {}}), "ResourceNotFound");
  bed.advance(seconds(20));
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
  EXPECT_EQ(update({map_run(execution), 1, {}, {}}), "ValidationException");
}

// The input of the third iteration can't be made, so the Map fails while another's run is on.
TEST_F(ExecutionChildrenTest, ARunEndsWithTheMapThatItIsAnIterationOf) {
  const std::string definition =
      R"j({"StartAt":"O","States":{
      "O":{"Type":"Map","MaxConcurrency":2,"Next":"W",
           "ItemSelector":{"v.$":"States.StringToJson($$.Map.Item.Value)"},
           "Catch":[{"ErrorEquals":["States.ALL"],"Next":"W"}],"ItemProcessor":)j" +
      map(R"({"P":{"Type":"Wait","SecondsPath":"$","End":true}})", R"("ItemsPath":"$.v",)") +
      R"(},
      "W":{"Type":"Pass","End":true}}})";
  const auto execution = run(definition, R"(["[1]","[60]","{"])");
  bed.advance(seconds(1));
  EXPECT_EQ(machine.status(execution), "SUCCEEDED");
  const auto runs = bed.run(bed.step_functions().ListMapRuns({execution})).mapRuns;
  ASSERT_EQ(runs.size(), 2U);
  const auto second = runs.at(1).mapRunArn;
  EXPECT_EQ(bed.run(bed.step_functions().DescribeMapRun({second})).status, "ABORTED");
  EXPECT_EQ(bed.error_of(bed.step_functions().UpdateMapRun({second, 1, {}, {}})),
            "ValidationException");
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

// A Map from S3 to S3.
class ExportTest : public ExecutionChildrenTest {
 protected:
  // Of these items; the children give back what they are given.
  std::string exported(const std::string& items, const std::string& writer_config) {
    bed.run(bed.s3().CreateBucket({"items"}));
    cloud::PutObjectRequest put;
    put.Bucket = "items";
    put.Key = "all.json";
    put.Body = items;
    bed.run(bed.s3().PutObject(std::move(put)));
    const auto services = make_services(bed.engine());
    const TaskRunner runner(bed.engine(), *services, {}, bed.executor());
    auto execution =
        run(map(kPass,
                R"("ItemReader":{"Resource":"arn:aws:states:::s3:getObject",
              "ReaderConfig":{"InputType":"JSON"},
              "Parameters":{"Bucket":"items","Key":"all.json"}},
             "ResultWriter":{"Resource":"arn:aws:states:::s3:putObject",)" +
                    writer_config + R"("Parameters":{"Bucket":"items","Prefix":"out"}},)"),
            "{}");
    EXPECT_EQ(machine.status(execution), "SUCCEEDED") << machine.describe(execution).cause;
    return execution;
  }
  json::value manifest_of(const std::string& execution) {
    const auto output = json::parse(machine.describe(execution).output);
    return json::parse(object(std::string(output.at("ResultWriterDetails").at("Key").as_string())));
  }
};

TEST_F(ExportTest, ItemsComeFromAnObjectAndResultsGoIntoOne) {
  const auto execution = exported("[10,20]", "");
  EXPECT_EQ(children(execution).size(), 2U);
  const auto manifest = manifest_of(execution);
  EXPECT_EQ(manifest.at("MapRunArn").as_string(), map_run(execution));
  EXPECT_TRUE(manifest.at("ResultFiles").at("FAILED").as_array().empty());
  const auto& file = manifest.at("ResultFiles").at("SUCCEEDED").at(0);
  const auto text = object(std::string(file.at("Key").as_string()));
  EXPECT_EQ(file.at("Size").to_number<std::size_t>(), text.size());
  const auto results = json::parse(text).as_array();
  ASSERT_EQ(results.size(), 2U);
  const auto child = children(execution).back();  // the first
  EXPECT_EQ(results[0].at("ExecutionArn").as_string(), child.executionArn);
  EXPECT_EQ(results[0].at("StateMachineArn").as_string(), child.stateMachineArn);
  EXPECT_EQ(results[0].at("Output").as_string(), "10");
  EXPECT_EQ(results[0].at("StartDate").as_string(), "2026-11-27T00:00:00.000Z");
  EXPECT_EQ(results[1].at("Status").as_string(), "SUCCEEDED");
}

TEST_F(ExecutionChildrenTest, ResultsGoIntoAsManyFilesAsTheyNeed) {
  bed.run(bed.s3().CreateBucket({"items"}));
  const auto execution = run(map(kPass), "[10,20]");
  states::TaskOrder order;
  order.input =
      json::object{{"Bucket", "items"}, {"Folder", "out/"}, {"MapRunArn", map_run(execution)}};
  constexpr std::size_t kOneResult = 1;
  bed.run(write_results(bed.s3(), bed.engine().store(), bed.clock().now(), order, kOneResult));
  const auto manifest = json::parse(object("out/manifest.json"));
  const auto& files = manifest.at("ResultFiles").at("SUCCEEDED").as_array();
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[1].at("Key"), "out/SUCCEEDED_1.json");
  const auto results = json::parse(object("out/SUCCEEDED_1.json"));
  EXPECT_EQ(results.at(0).at("Output"), "20");
}

TEST_F(ExportTest, ResultsAreWrittenAsAsked) {
  const auto execution = exported(
      "[[1,2],{\"a\":3}]", R"("WriterConfig":{"Transformation":"FLATTEN","OutputType":"JSONL"},)");
  const auto manifest = manifest_of(execution);
  const std::string key(manifest.at("ResultFiles").at("SUCCEEDED").at(0).at("Key").as_string());
  EXPECT_THAT(key, testing::EndsWith("/SUCCEEDED_0.jsonl"));
  EXPECT_EQ(object(key), "1\n2\n{\"a\":3}\n");
}

}  // namespace
}  // namespace doorbuster::engine
