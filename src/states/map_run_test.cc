// Distributed Map: items from S3, children, results to S3.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "states/item_source.h"
#include "states/testing.h"

namespace doorbuster::states {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

std::string map(std::string_view fields) {
  return R"({"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "Label": "L",
      "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}})" +
         std::string(fields) + "}}}";
}

// A branch that is a distributed Map of that name.
std::string branch(const std::string& name) {
  return R"({"StartAt": ")" + name + R"(", "States": {")" + name +
         R"(": {"Type": "Map", "End": true,
      "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "I)" +
         name + R"(", "States": {"I)" + name + R"(": {"Type": "Pass", "End": true}}}}}})";
}

constexpr std::string_view kRunArn =
    "arn:aws:states:us-east-1:123456789012:mapRun:machine/L:00000000-0000-4000-8000-000000000001";

TEST(MapRun, RunsAChildForEachItem) {
  const TestRun run = run_both_ways(map(""), "[1, 2]", {{"M", {gives("10"), gives("20")}}});
  EXPECT_EQ(run.result(), "[10,20]");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 MapStateEntered\n"
            "3<2 MapStateStarted\n"
            "4<3 MapRunStarted\n"
            "5<4 MapRunSucceeded\n"
            "6<5 MapStateSucceeded\n"
            "7<5 MapStateExited\n"
            "8<7 ExecutionSucceeded\n");
  EXPECT_EQ(run.details("MapRunStarted").at("mapRunArn").as_string(), kRunArn);
}

// Half a character could not be read again.
TEST(MapRun, IsLabelledByWholeCharacters) {
  const std::string name = std::string(39, 'a') + "\xc3\xa9" + "b";
  const TestRun run = run_both_ways(branch(name), "[1]");
  const std::string arn(run.details("MapRunStarted").at("mapRunArn").as_string());
  EXPECT_THAT(arn, HasSubstr("/" + std::string(39, 'a') + "\xc3\xa9:"));
}

// A slash parts the labels of nested Maps in an ARN.
TEST(MapRun, IsLabelledWithoutWhatALabelCannotHave) {
  const TestRun run = run_both_ways(branch("Load / Parse?"), "[1]");
  const std::string arn(run.details("MapRunStarted").at("mapRunArn").as_string());
  EXPECT_THAT(arn, HasSubstr(":machine/LoadParse:"));
}

TEST(MapRun, TakesNoLabelThatAnotherIsGiven) {
  std::string labelled = branch("B");
  labelled.insert(labelled.find(R"("End")"), R"("Label": "A", )");
  const TestRun run =
      run_both_ways(R"({"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true,
          "Branches": [)" +
                        branch("A") + ", " + labelled + "]}}}",
                    "[1]");
  EXPECT_EQ(run.result(), "[[1],[1]]");
  EXPECT_THAT(run.host.runs.begin()->first, HasSubstr("/A-2:"));
  EXPECT_THAT(run.host.runs.rbegin()->first, HasSubstr("/A:"));
}

TEST(MapRun, GivesEachChildItsMachine) {
  TestRun run(map(R"(, "ItemSelector": {"v.$": "$$.Map.Item.Value"}, "MaxConcurrency": 2)"),
              "[1, 2, 3]");
  run.answer("M", {says_nothing()}).restoring().begin();
  ASSERT_EQ(run.host.orders.size(), 2U);
  const TaskOrder order = run.host.orders.at(1);
  EXPECT_EQ(order.resource.kind, Resource::Kind::child);
  EXPECT_EQ(to_text(order.input), R"({"v":2})");
  RecordingHost host;
  const auto child = Execution::begin(order.child, {}, order.input, host);
  EXPECT_EQ(to_text(child->output()), R"({"v":2})");
  // The next begins when one has ended.
  run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(order.id, 1, run.host)); });
  EXPECT_EQ(to_text(run.host.orders.back().input), R"({"v":3})");
}

TEST(MapRun, FailsWithMoreFailuresThanItBears) {
  const TestRun run =
      run_both_ways(map(""), "[1, 2, 3]", {{"M", {gives("1"), fails("E"), gives("3")}}});
  EXPECT_EQ(run.result(),
            "FAILED States.ExceedToleratedFailureThreshold: The specified tolerated failure "
            "threshold was exceeded");
  EXPECT_THAT(run.host.cancelled, ElementsAre(3));
  EXPECT_THAT(run.events(), EndsWith("4<3 MapRunStarted\n"
                                     "5<4 MapRunFailed\n"
                                     "6<5 MapStateFailed\n"
                                     "7<6 ExecutionFailed\n"));
  EXPECT_EQ(result_of(map(R"(, "ToleratedFailurePercentage": 40)"), "[1, 2, 3]",
                      {{"M", {gives("1"), fails("E"), gives("3")}}}),
            "[1,3]");
}

TEST(MapRun, TwoAtOnceEndEachForItself) {
  const std::string definition = R"({"StartAt": "P", "States": {"P": {"Type": "Parallel",
      "End": true, "Branches": [)" +
                                 branch("A") + ", " + branch("B") + "]}}}";
  TestRun run(definition, "[1]");
  run.answer("A", {gives("1")}).answer("B", {fails("E")}).restoring().run();
  ASSERT_EQ(run.host.runs.size(), 2U);
  for (const auto& [arn, statuses] : run.host.runs) {
    const bool first = arn.find("/A:") != std::string::npos;
    EXPECT_EQ(statuses.at(1), first ? Status::succeeded : Status::failed) << arn;
  }
}

TEST(MapRun, EndsWithWhateverEndsItsState) {
  const std::string definition = R"({"StartAt": "P", "States": {"P": {"Type": "Parallel",
      "End": true, "Branches": [)" +
                                 branch("A") +
                                 R"(, {"StartAt": "W", "States": {
          "W": {"Type": "Wait", "Seconds": 1, "Next": "F"}, "F": {"Type": "Fail"}}}]}}})";
  TestRun run(definition, "[1]");
  run.answer("A", {says_nothing()}).restoring().run();
  EXPECT_THAT(run.events(), HasSubstr(" MapRunAborted\n"));
  EXPECT_THAT(run.host.runs.begin()->second, ElementsAre(Status::running, Status::aborted));

  TestRun stopped(map(""), "[1]");
  stopped.answer("M", {says_nothing()}).restoring().begin();
  stopped.act([&](Execution& it) { it.abort("", "", stopped.host); });
  EXPECT_THAT(stopped.host.runs.begin()->second, ElementsAre(Status::running, Status::aborted));
}

// The Map around it fails by itself: the input of its third iteration can't be made.
TEST(MapRun, EndsWithTheMapThatItIsAnIterationOf) {
  TestRun run(R"j({"StartAt": "O", "States": {
      "O": {"Type": "Map", "End": true, "MaxConcurrency": 2,
            "ItemSelector": {"v.$": "States.StringToJson($$.Map.Item.Value)"},
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}],
            "ItemProcessor": {"StartAt": "A", "States": {
              "A": {"Type": "Map", "End": true, "ItemsPath": "$.v", "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}}}}},
      "Caught": {"Type": "Pass", "Result": "caught", "End": true}}})j",
              R"(["[1]", "[2]", "{"])");
  run.answer("A", {gives("1"), says_nothing()}).restoring().run();
  EXPECT_EQ(run.result(), R"("caught")");
  EXPECT_THAT(run.host.cancelled, ElementsAre(2));
  EXPECT_EQ(run.count("MapRunAborted"), 1U);
  EXPECT_EQ(run.count("MapIterationAborted"), 1U);
  EXPECT_EQ(run.host.last_run.status, Status::aborted);
}

TEST(MapRun, FailsIfItsLastChildFailsAndItsResultsCannotBeMade) {
  const TestRun run =
      run_both_ways(map(R"(, "ToleratedFailureCount": 1, "ResultSelector": {"x.$": "$.nothing"})"),
                    "[1, 2]", {{"M", {gives("10"), fails("E")}}});
  EXPECT_THAT(run.result(), HasSubstr("FAILED States.Runtime"));
}

// Once redriven, it has no bucket to write to.
constexpr std::string_view kWriterOnce = R"j(, "ItemsPath": "$.items", "ResultWriter": {
    "Resource": "arn:aws:states:::s3:putObject", "Parameters": {
      "Bucket.$": "States.ArrayGetItem($$.Execution.Input.buckets, $$.Execution.RedriveCount)"}})j";
constexpr std::string_view kOneBucket = R"({"items": [1], "buckets": ["b"]})";

TEST(MapRun, ThatCannotBeRedrivenFails) {
  TestRun run(map(kWriterOnce), kOneBucket);
  run.answer("M", {gives("10"), fails("S3.NoSuchBucket")}).restoring().run();
  EXPECT_EQ(run.result(), "FAILED States.ResultWriterFailed: ");
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  EXPECT_THAT(run.result(), HasSubstr("FAILED States.IntrinsicFailure"));
}

TEST(MapRun, ThatCannotBeRedrivenEndsItsSiblings) {
  TestRun run(R"({"StartAt": "P", "States": {
      "P": {"Type": "Parallel", "Next": "End",
            "Catch": [{"ErrorEquals": ["States.IntrinsicFailure"], "Next": "Caught"}],
            "Branches": [)" +
                  map(kWriterOnce) + R"(,
              {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 9, "End": true}}}]},
      "End": {"Type": "Succeed"}, "Caught": {"Type": "Pass", "Result": "caught", "End": true}}})",
              kOneBucket);
  run.answer("M", {gives("10"), fails("S3.NoSuchBucket")}).restoring().run();
  EXPECT_EQ(run.result(), "FAILED States.ResultWriterFailed: ");
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  EXPECT_EQ(run.result(), R"("caught")");
}

TEST(MapRun, IsRedrivenWithoutTheChildrenThatSucceeded) {
  TestRun run(map(R"(, "MaxConcurrency": 1)"), "[1, 2, 3]");
  run.answer("M", {gives("1"), fails("E"), gives("7")}).restoring().run();
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  EXPECT_EQ(run.host.orders.front().id, 2U);  // the task that failed
  while (run.step()) {
  }
  EXPECT_EQ(run.result(), "[1,7,7]");
  EXPECT_EQ(run.count("MapRunStarted"), 1U);
  EXPECT_EQ(to_text(run.details("MapRunRedriven").at("redriveCount")), "1");
}

// The one that failed, the one that was stopped with it, and the one that had not begun.
TEST(MapRun, RedrivesStandardChildrenAndBeginsExpressOnesAnew) {
  const auto tasks = [](const std::string& type) {
    std::string definition = map(R"(, "MaxConcurrency": 2)");
    definition.replace(definition.find("STANDARD"), 8, type);
    TestRun run(definition, "[1, 2, 3]");
    run.answer("M", {fails("E"), says_nothing()}).restoring().run();
    run.answer("M", {says_nothing()});
    run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
    std::vector<TaskId> ids;
    while (!run.host.orders.empty()) {
      const TaskOrder order = run.host.orders.front();
      run.host.orders.pop_front();
      ids.push_back(order.id);
      run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(order.id, order.input, run.host)); });
    }
    EXPECT_EQ(run.result(), "[1,2,3]");
    return ids;
  };
  EXPECT_THAT(tasks("STANDARD"), ElementsAre(1, 2, 3));
  EXPECT_THAT(tasks("EXPRESS"), ElementsAre(3, 4, 5));
}

// What failed before counts no more, only what fails again.
TEST(MapRun, ThatIsRedrivenCountsItsFailuresAnew) {
  TestRun run(map(R"(, "MaxConcurrency": 1, "ToleratedFailureCount": 1)"), "[1, 2, 3]");
  run.answer("M", {fails("E"), fails("E"), fails("E"), gives("2"), gives("3")}).restoring().run();
  EXPECT_THAT(run.result(), HasSubstr("FAILED States.ExceedToleratedFailureThreshold"));
  run.act([&](Execution& it) { EXPECT_TRUE(it.redrive(run.host)); });
  while (run.step()) {
  }
  EXPECT_EQ(run.result(), "[2,3]");
}

constexpr std::string_view kBatches = R"(, "ItemBatcher": {"MaxItemsPerBatch": 2})";

TEST(MapRun, PutsItemsIntoBatches) {
  EXPECT_EQ(result_of(map(R"(, "ItemBatcher": {"MaxItemsPerBatch": 2})"), "[1, 2, 3]"),
            R"([{"Items":[1,2]},{"Items":[3]}])");
  EXPECT_EQ(
      result_of(map(R"(, "ItemsPath": "$.items", "ItemSelector": {"v.$": "$$.Map.Item.Value"},
                "ItemBatcher": {"MaxItemsPerBatchPath": "$.n", "BatchInput": {"x.$": "$.x"}})"),
                R"({"items": [1, 2], "n": 1, "x": 9})"),
      R"([{"BatchInput":{"x":9},"Items":[{"v":1}]},{"BatchInput":{"x":9},"Items":[{"v":2}]}])");
  EXPECT_EQ(result_of(map(R"(, "ItemBatcher": {"MaxInputBytesPerBatch": 20})"),
                      R"(["aaaa", "bbbb", "cccc"])"),
            R"([{"Items":["aaaa"]},{"Items":["bbbb"]},{"Items":["cccc"]}])");
}

TEST(MapRun, TellsWhatThereIsToDo) {
  TestRun run(map(std::string(kBatches) + R"(, "MaxConcurrency": 3, "ToleratedFailureCount": 4,
                  "ToleratedFailurePercentage": 50.5)"),
              "[1, 2, 3]");
  run.answer("M", {says_nothing()}).restoring().begin();
  const MapRunState& told = run.host.last_run;
  EXPECT_EQ(told.status, Status::running);
  EXPECT_EQ(told.limits, (RunLimits{3, 4, 50.5}));
  EXPECT_EQ(told.children, 2U);
  EXPECT_EQ(told.items, 3U);
  EXPECT_EQ(run.host.orders.at(0).items, 2U);
  EXPECT_EQ(run.host.orders.at(1).items, 1U);
  EXPECT_EQ(run.execution->open_task(2)->items, 1U);
  EXPECT_FALSE(run.execution->open_task(3));
}

TEST(MapRun, CountsTheItemsOfABatchThatFailed) {
  const auto result = [](std::string_view limits) {
    return result_of(map(std::string(kBatches) + std::string(limits)), "[1, 2, 3, 4]",
                     {{"M", {gives("1"), fails("E")}}});
  };
  EXPECT_EQ(result(R"(, "ToleratedFailureCount": 2)"), "[1]");
  EXPECT_THAT(result(R"(, "ToleratedFailureCount": 1)"), HasSubstr("Threshold"));
  EXPECT_THAT(result(R"(, "ToleratedFailurePercentage": 49)"), HasSubstr("Threshold"));
}

TEST(MapRun, TakesNewLimitsAsItRuns) {
  TestRun run(map(R"(, "MaxConcurrency": 1)"), "[1, 2, 3, 4]");
  run.answer("M", {says_nothing()}).restoring().begin();
  const auto limit = [&](RunLimits limits) {
    run.act([&](Execution& it) { EXPECT_TRUE(it.limit_run(kRunArn, limits, run.host)); });
  };
  EXPECT_EQ(run.host.orders.size(), 1U);
  limit({3, 1, 0});
  EXPECT_EQ(run.host.orders.size(), 3U);
  EXPECT_EQ(run.host.last_run.limits, (RunLimits{3, 1, 0}));
  run.act([&](Execution& it) { it.fail(1, "E", "", run.host); });
  EXPECT_EQ(run.result(), "RUNNING");
  limit({2, 0, 30});
  EXPECT_EQ(run.result(), "RUNNING");
  limit({2, 0, 20});
  EXPECT_THAT(run.result(), HasSubstr("FAILED States.ExceedToleratedFailureThreshold"));
  run.act([&](Execution& it) { EXPECT_FALSE(it.limit_run(kRunArn, {}, run.host)); });
}

TEST(MapRun, GivesItsChildrenNoMoreThanIsGoodForMemory) {
  std::string items = "[0";
  for (int i = 1; i < 350; ++i) items += "," + std::to_string(i);
  const std::string input =
      R"({"config": ")" + std::string(200'000, 'x') + R"(", "items": )" + items + "]}";
  constexpr std::string_view kTooLarge =
      "FAILED States.DataLimitExceeded: What the Map gives to its iterations is larger than "
      "67108864 bytes.";
  EXPECT_EQ(
      result_of(map(R"(, "ItemsPath": "$.items", "ItemSelector": {"c.$": "$.config"})"), input),
      kTooLarge);
  EXPECT_EQ(result_of(map(R"(, "ItemsPath": "$.items", "ItemBatcher": {
                          "MaxItemsPerBatch": 1, "BatchInput": {"c.$": "$.config"}})"),
                      input),
            kTooLarge);
}

TEST(MapRun, StoresNewLimitsWithoutTheItems) {
  TestRun run(map(""), "[\"" + std::string(100'000, 'x') + "\"]");
  run.answer("M", {says_nothing()}).begin();
  run.stored.erase("m/1");
  run.act([&](Execution& it) { EXPECT_TRUE(it.limit_run(kRunArn, {1, 2, 3}, run.host)); });
  EXPECT_FALSE(run.stored.contains("m/1"));
  EXPECT_EQ(run.stored.at("l/1"), "[1,2,3.0]");
}

TEST(MapRun, TakesNewLimitsBeforeItHasItsItems) {
  TestRun run(map(R"(, "ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2",
                       "Parameters": {"Bucket": "b"}})"),
              "{}");
  run.answer("M", {says_nothing()}).restoring().begin();
  run.act([&](Execution& it) {
    EXPECT_FALSE(it.limit_run("another", {1, 0, 0}, run.host));
    EXPECT_TRUE(it.limit_run(kRunArn, {1, 0, 0}, run.host));
    EXPECT_TRUE(it.succeed(1, boost::json::array{1, 2}, run.host));
  });
  EXPECT_EQ(run.host.orders.size(), 2U);  // the reader's, and one child's
}

std::string reading(std::string_view config, std::string_view resource = "getObject") {
  return map(R"(, "ItemReader": {"Resource": "arn:aws:states:::s3:)" + std::string(resource) +
             R"(", "Parameters": {"Bucket": "b", "Key.$": "$.key"})" + std::string(config) + "}");
}

// What a Map makes of the text of an object: its children give back their input.
std::string read(std::string_view config, std::string_view text) {
  TestRun run(reading(config), R"({"key": "k", "max": 1})");
  run.answer("M", {says_nothing()}).restoring().begin();
  run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(1, boost::json::string(text), run.host)); });
  while (run.host.orders.size() > 1) {
    const TaskOrder order = run.host.orders.at(1);
    run.host.orders.erase(run.host.orders.begin() + 1);
    run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(order.id, order.input, run.host)); });
  }
  return run.result();
}

TEST(ItemReader, ReadsAListing) {
  TestRun run(reading("", "listObjectsV2"), R"({"key": "k"})");
  run.answer("M", {gives(R"([{"Key": "a", "Size": 1}])"), gives("1")}).restoring().run();
  EXPECT_EQ(run.result(), "[1]");
  EXPECT_EQ(to_text(run.inputs.at(0)), R"({"Bucket":"b","Key":"k"})");
  EXPECT_EQ(to_text(run.inputs.at(1)), R"({"Key":"a","Size":1})");
  EXPECT_EQ(to_text(run.details("MapStateStarted")), R"({"length":0})");
}

TEST(ItemReader, NoListingIsCutShortUnasked) {
  const auto read_listing = [](std::string_view config, std::size_t objects) {
    TestRun run(reading(config, "listObjectsV2"), R"({"key": "k"})");
    run.answer("M", {says_nothing()}).begin();
    const boost::json::array listed(objects, 1);
    run.act([&](Execution& it) { EXPECT_TRUE(it.succeed(1, listed, run.host)); });
    return run.result();
  };
  EXPECT_EQ(read_listing("", kListedMax), "RUNNING");
  EXPECT_THAT(read_listing("", kListedMax + 1),
              HasSubstr("FAILED States.ItemReaderFailed: There are more objects than the 100000"));
  EXPECT_EQ(read_listing(R"(, "ReaderConfig": {"MaxItems": 100000})", kListedMax + 1), "RUNNING");
}

TEST(ItemReader, ReadsJson) {
  constexpr std::string_view kJson = R"(, "ReaderConfig": {"InputType": "JSON")";
  EXPECT_EQ(read(std::string(kJson) + "}", R"([1, {"a": 2}])"), R"([1,{"a":2}])");
  EXPECT_EQ(read(std::string(kJson) + R"(, "ItemsPointer": "/a/b"})", R"({"a": {"b": [3]}})"),
            "[3]");
  EXPECT_EQ(read(std::string(kJson) + R"(, "MaxItems": 2})", "[1, 2, 3]"), "[1,2]");
  EXPECT_EQ(read(std::string(kJson) + R"(, "MaxItemsPath": "$.max"})", "[1, 2, 3]"), "[1]");
  EXPECT_EQ(read(std::string(kJson) + "}", R"({"a": 2})"),
            "FAILED States.ItemReaderFailed: Attempting to map over non-iterable node.");
  EXPECT_THAT(read(std::string(kJson) + "}", "x"), HasSubstr("FAILED States.ItemReaderFailed"));
}

TEST(ItemReader, ReadsNoMoreItemsThanAsked) {
  const auto with = [](std::string_view max) {
    TestRun run(reading(R"(, "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$.max"})"),
                R"({"key": "k", "max": )" + std::string(max) + "}");
    run.answer("M", {gives(R"("[1, 2]")"), gives("7")}).restoring().run();
    return run.events() + run.result();
  };
  EXPECT_THAT(with("1"), EndsWith("[7]"));
  EXPECT_THAT(with("0"), EndsWith("[7,7]"));  // no limit
  EXPECT_THAT(with("100000001"), EndsWith("[7,7]"));
  EXPECT_THAT(with("-1"),
              EndsWith("4<3 MapRunStarted\n"
                       "5<4 MapRunFailed\n"
                       "6<5 MapStateFailed\n"
                       "7<6 ExecutionFailed\n"
                       "FAILED States.ItemReaderFailed: field MaxItems must be positive"));
  EXPECT_THAT(with("1.5"), HasSubstr("3<2 MapStateStarted\n"
                                     "4<3 ExecutionFailed\n"
                                     "FAILED States.Runtime: "));
}

TEST(ItemReader, TellsItsItemsWhereTheyAreFrom) {
  constexpr std::string_view kSelector = R"(}, "ItemSelector": {"from.$": "$$.Map.Item.Source")";
  EXPECT_EQ(read(R"(, "ReaderConfig": {"InputType": "JSON"})" + std::string(kSelector), "[1]"),
            R"([{"from":"S3://b/k"}])");
  EXPECT_EQ(result_of(map(R"(, "ItemSelector": {"k.$": "$$.Map.Item.Key"})"), R"({"x": 1})"),
            R"([{"k":"x"}])");
}

TEST(ItemReader, ReadsJsonLines) {
  constexpr std::string_view kLines = R"(, "ReaderConfig": {"InputType": "JSONL"})";
  EXPECT_EQ(read(kLines, "{\"a\":1}\n\n2\r\n\"x\""), R"([{"a":1},2,"x"])");
  EXPECT_EQ(read(kLines, "1\nx\n"), "FAILED States.ItemReaderFailed: Line 2 is not valid JSON.");
}

TEST(ItemReader, ReadsCsv) {
  constexpr std::string_view kFirstRow =
      R"(, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"})";
  EXPECT_EQ(read(kFirstRow, "id,name\n1,\"a, b\"\n2,\"say \"\"hi\"\"\"\n"),
            R"([{"id":"1","name":"a, b"},{"id":"2","name":"say \"hi\""}])");
  EXPECT_EQ(read(kFirstRow, "id,name\r\n1\r\n2,x,y"),
            R"([{"id":"1","name":""},{"id":"2","name":"x"}])");
  EXPECT_EQ(read(R"(, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN",
                     "CSVHeaders": ["a", "b"], "CSVDelimiter": "SEMICOLON"})",
                 "1;2\n"),
            R"([{"a":"1","b":"2"}])");
  EXPECT_EQ(read(kFirstRow, "a,a\n1,2"),
            "FAILED States.ItemReaderFailed: CSV headers cannot contain duplicates.");
  EXPECT_EQ(read(kFirstRow, "a,b\n\xe9,2\n"),
            "FAILED States.ItemReaderFailed: The object is not text in UTF-8.");
  EXPECT_EQ(read(kFirstRow, ""), "[]");
}

TEST(ItemReader, MakesNoMoreOfAFileThanIsGoodForMemory) {
  constexpr std::string_view kFirstRow =
      R"(, "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW")";
  std::string text = std::string(1'000'000, 'h') + "\n";
  for (int i = 0; i < 100; ++i) text += "1\n";
  EXPECT_EQ(read(std::string(kFirstRow) + "}", text),
            "FAILED States.ItemReaderFailed: The items of the CSV file are larger than 67108864 "
            "bytes.");
  EXPECT_THAT(read(std::string(kFirstRow) + R"(, "MaxItems": 1})", text),
              HasSubstr("FAILED States.DataLimitExceeded"));  // one is too large for its child
}

TEST(ItemReader, FailsAsAWhole) {
  TestRun run(reading(R"(, "ReaderConfig": {"InputType": "JSON"})"), R"({"key": "k"})");
  run.answer("M", {fails("S3.NoSuchKey", "The specified key does not exist.")}).restoring().run();
  EXPECT_EQ(run.result(), "FAILED States.ItemReaderFailed: The specified key does not exist.");
  EXPECT_EQ(run.events(),
            "1<0 ExecutionStarted\n"
            "2<0 MapStateEntered\n"
            "3<2 MapStateStarted\n"
            "4<3 MapRunStarted\n"
            "5<4 MapRunFailed\n"
            "6<5 MapStateFailed\n"
            "7<6 ExecutionFailed\n");
}

constexpr std::string_view kWriter = R"(, "ToleratedFailureCount": 1, "ResultWriter": {
    "Resource": "arn:aws:states:::s3:putObject",
    "Parameters": {"Bucket": "out", "Prefix": "runs"}})";

TEST(ResultWriter, AsksForTheResultsOfItsRun) {
  const TestRun run =
      run_both_ways(map(kWriter), "[1, 2]", {{"M", {gives("10"), fails("E", "why"), gives("{}")}}});
  EXPECT_EQ(run.result(),
            R"({"MapRunArn":")" + std::string(kRunArn) +
                R"(","ResultWriterDetails":{"Bucket":"out",)"
                R"("Key":"runs/00000000-0000-4000-8000-000000000001/manifest.json"}})");
  EXPECT_EQ(to_text(run.inputs.back()),
            R"({"Bucket":"out","Folder":"runs/00000000-0000-4000-8000-000000000001/",)"
            R"("MapRunArn":")" +
                std::string(kRunArn) + R"(","Transformation":"NONE","OutputType":"JSON"})");
}

TEST(ResultWriter, GivesTheStateItsResultsWithoutAResource) {
  const auto with = [](const std::string& transformation) {
    return result_of(map(R"(, "ResultWriter": {"WriterConfig": {"Transformation": ")" +
                         transformation + R"(", "OutputType": "JSON"}})"),
                     "[[1, 2], [3], 4]");
  };
  EXPECT_EQ(with("COMPACT"), "[[1,2],[3],4]");
  EXPECT_EQ(with("FLATTEN"), "[1,2,3,4]");
}

TEST(MapRun, FailsByWhatItsReaderOrWriterCannotBeAsked) {
  constexpr std::string_view kEnd =
      "4<3 MapRunStarted\n"
      "5<4 MapRunFailed\n"
      "6<5 MapStateFailed\n"
      "7<6 ExecutionFailed\n";
  EXPECT_THAT(run_both_ways(reading(R"(, "ReaderConfig": {"InputType": "JSON"})"), "{}").events(),
              EndsWith(std::string(kEnd)));
  constexpr std::string_view kNowhere = R"(, "ResultWriter": {
      "Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "$[9]"}})";
  EXPECT_THAT(run_both_ways(map(kNowhere), "[1]").events(), EndsWith(std::string(kEnd)));
}

TEST(ResultWriter, FailsAsAWhole) {
  EXPECT_EQ(
      result_of(map(kWriter), "[1]", {{"M", {gives("10"), fails("S3.NoSuchBucket", "no bucket")}}}),
      "FAILED States.ResultWriterFailed: no bucket");
}

}  // namespace
}  // namespace doorbuster::states
