// Mappings as resources, and what they make of a queue's messages.
#include "engine/event_source_mappings.h"

#include <boost/json.hpp>

#include "engine/lambda_driver.h"

namespace doorbuster::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class EventSourceMappingsTest : public LambdaTest {
 protected:
  EventSourceMappingsTest() { create("f"); }

  cloud::CreateEventSourceMappingRequest mapping() const {
    cloud::CreateEventSourceMappingRequest request;
    request.EventSourceArn = queue.arn();
    request.FunctionName = "f";
    return request;
  }
  std::string map(const cloud::CreateEventSourceMappingRequest& request) {
    const auto made = bed.run(bed.lambda().CreateEventSourceMapping(request));
    EXPECT_EQ(made.State, "Creating");
    return made.UUID;
  }
  cloud::EventSourceMappingConfiguration state_of(const std::string& uuid) {
    return bed.run(bed.lambda().GetEventSourceMapping({uuid}));
  }
  std::string error_of_map(const cloud::CreateEventSourceMappingRequest& request) {
    return message_of(bed.lambda().CreateEventSourceMapping(request));
  }
  std::vector<std::string> bodies_of_call(std::size_t call) {
    const auto event = boost::json::parse(bed.functions.payloads().at(call));
    std::vector<std::string> bodies;
    for (const auto& record : event.at("Records").as_array()) {
      bodies.emplace_back(record.at("body").as_string());
    }
    return bodies;
  }

  QueueDriver queue{bed, "Q", {{"VisibilityTimeout", "5"}}};
};

TEST_F(EventSourceMappingsTest, AMappingFeedsItsFunctionAlsoAfterARestart) {
  start();
  queue.send("one");
  const std::string uuid = map(mapping());
  EXPECT_THAT(bodies_of_call(0), ElementsAre("one"));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(state_of(uuid).State, "Enabled");
  EXPECT_EQ(state_of(uuid).LastProcessingResult, "OK");
  bed.reopen();
  start();
  queue.send("two");
  EXPECT_THAT(bodies_of_call(1), ElementsAre("two"));
}

TEST_F(EventSourceMappingsTest, WhatIsDisabledOrDeletedTakesNothingFromThenOn) {
  start();
  const std::string uuid = map(mapping());
  cloud::UpdateEventSourceMappingRequest change;
  change.UUID = uuid;
  change.Enabled = false;
  EXPECT_EQ(bed.run(bed.lambda().UpdateEventSourceMapping(change)).State, "Disabling");
  EXPECT_EQ(state_of(uuid).State, "Disabled");
  queue.send("one");
  EXPECT_EQ(queue.counts(), "1 0 0");
  change.Enabled = true;
  EXPECT_EQ(bed.run(bed.lambda().UpdateEventSourceMapping(change)).State, "Enabling");
  bed.settle();
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(bed.run(bed.lambda().DeleteEventSourceMapping({uuid})).State, "Deleting");
  queue.send("two");
  EXPECT_EQ(queue.counts(), "1 0 0");
  EXPECT_EQ(bed.error_of(bed.lambda().GetEventSourceMapping({uuid})), "ResourceNotFoundException");
}

TEST_F(EventSourceMappingsTest, PartsOfABatchFailOnlyIfTheMappingSaysSo) {
  const auto sent = queue.send("a");
  queue.send("b");
  bed.functions.acts["f"] = [&](const auto&) {
    return answered(bed.functions.calls.size() > 1
                        ? "{}"
                        : R"({"batchItemFailures":[{"itemIdentifier":")" + sent.MessageId +
                              R"("}]})");
  };
  start();
  auto request = mapping();
  request.FunctionResponseTypes = {"ReportBatchItemFailures"};
  const std::string uuid = map(request);
  EXPECT_EQ(queue.counts(), "0 1 0");
  bed.advance(seconds(5));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_THAT(bodies_of_call(1), ElementsAre("a"));
  cloud::UpdateEventSourceMappingRequest change;
  change.UUID = uuid;
  change.FunctionResponseTypes.emplace();
  bed.run(bed.lambda().UpdateEventSourceMapping(change));
  bed.functions.acts["f"] = [](const auto&) {
    return answered(R"({"batchItemFailures":[{"itemIdentifier":"what"}]})");
  };
  queue.send("c");
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(EventSourceMappingsTest, AFailedBatchComesBack) {
  queue.send("a");
  bed.functions.acts["f"] = [&](const auto&) {
    return bed.functions.calls.size() > 1 ? answered("null") : failed("no");
  };
  start();
  const std::string uuid = map(mapping());
  EXPECT_EQ(queue.counts(), "0 1 0");
  EXPECT_EQ(state_of(uuid).LastProcessingResult, "PROBLEM: Function call failed");
  bed.advance(seconds(5));
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(EventSourceMappingsTest, NoErrorOfAHostEndsItsPoller) {
  auto request = mapping();
  request.ScalingConfig.emplace().MaximumConcurrency = 2;
  bed.functions.acts["f"] = [&](const auto&) -> cloud::InvocationOutcome {
    if (bed.functions.calls.size() < 5) throw std::runtime_error("no descriptors");
    return answered("null");
  };
  start();
  queue.send("a");
  const std::string uuid = map(request);
  EXPECT_EQ(state_of(uuid).LastProcessingResult, "PROBLEM: Function call failed");
  EXPECT_THAT(bed.log(), testing::Contains(HasSubstr("no descriptors")));
  bed.advance(std::chrono::minutes(10));
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(EventSourceMappingsTest, WhatCannotBeCalledIsGivenRests) {
  auto request = mapping();
  request.ScalingConfig.emplace().MaximumConcurrency = 2;
  bed.functions.acts["f"] = [](const auto&) -> cloud::InvocationOutcome {
    throw cloud::Error("ServiceException", "The call can't be begun.", 500);
  };
  for (int i = 0; i < 100; ++i) queue.send(std::to_string(i));
  start();
  map(request);
  bed.settle();
  EXPECT_EQ(queue.counts(), "80 20 0");
  bed.advance(std::chrono::minutes(2));
  EXPECT_LE(bed.functions.calls.size(), 20U);
  bed.functions.acts.clear();
  bed.advance(std::chrono::minutes(2));
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(EventSourceMappingsTest, AFunctionThatIsMadeAgainIsFedAgain) {
  start();
  const std::string uuid = map(mapping());
  bed.run(bed.lambda().DeleteFunction({"f", ""}));
  queue.send("one");
  bed.advance(std::chrono::minutes(1));
  EXPECT_EQ(queue.counts(), "1 0 0");
  EXPECT_EQ(state_of(uuid).LastProcessingResult, "PROBLEM: The function does not exist");
  create("f");
  bed.settle();
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(state_of(uuid).LastProcessingResult, "OK");
}

TEST_F(EventSourceMappingsTest, AWindowGathersABatch) {
  start();
  auto request = mapping();
  request.BatchSize = 3;
  request.MaximumBatchingWindowInSeconds = 4;
  request.ScalingConfig.emplace().MaximumConcurrency = 2;
  cloud::UpdateFunctionConfigurationRequest change;
  change.FunctionName = "f";
  change.Timeout = 1;
  bed.run(bed.lambda().UpdateFunctionConfiguration(change));
  const std::string uuid = map(request);
  cloud::UpdateEventSourceMappingRequest one;
  queue.send("a");
  bed.advance(seconds(3));
  EXPECT_THAT(bed.functions.calls, IsEmpty());
  bed.advance(seconds(1));
  EXPECT_THAT(bodies_of_call(0), ElementsAre("a"));
}

TEST_F(EventSourceMappingsTest, WhatNoFilterMatchesIsDeleted) {
  start();
  auto request = mapping();
  request.FilterCriteria.emplace().Filters = {
      {R"({"body":{"kind":["order"],"amount":[{"numeric":[">",100]}]}})"}};
  map(request);
  queue.send(R"({"kind":"order","amount":200})");
  queue.send(R"({"kind":"order","amount":20})");
  queue.send("not JSON");
  EXPECT_EQ(queue.counts(), "0 0 0");
  ASSERT_THAT(bed.functions.calls, SizeIs(1));
  EXPECT_THAT(bodies_of_call(0), ElementsAre(R"({"kind":"order","amount":200})"));
}

TEST_F(EventSourceMappingsTest, AQueueThatIsMadeAgainIsPolledAgain) {
  start();
  const std::string uuid = map(mapping());
  bed.run(bed.sqs().DeleteQueue({queue.url()}));
  bed.settle();
  EXPECT_EQ(state_of(uuid).LastProcessingResult, "PROBLEM: The queue does not exist");
  QueueDriver again{bed, "Q", {{"VisibilityTimeout", "5"}}};
  again.send("one");
  EXPECT_THAT(bodies_of_call(0), ElementsAre("one"));
  EXPECT_EQ(again.counts(), "0 0 0");
  EXPECT_EQ(state_of(uuid).LastProcessingResult, "OK");
}

TEST_F(EventSourceMappingsTest, LimitsAreLambdas) {
  auto request = mapping();
  request.BatchSize = 11;
  EXPECT_THAT(error_of_map(request), HasSubstr("Maximum batch window in seconds must be greater"));
  request.BatchSize = 10'001;
  EXPECT_THAT(error_of_map(request), StartsWith("ValidationException"));
  request = mapping();
  request.ScalingConfig.emplace().MaximumConcurrency = 1;
  EXPECT_THAT(error_of_map(request), StartsWith("ValidationException"));
  request = mapping();
  request.EventSourceArn = "arn:aws:sqs:us-east-1:000000000000:none";
  EXPECT_THAT(error_of_map(request), HasSubstr("AWS.SimpleQueueService.NonExistentQueue"));
  request = mapping();
  request.FunctionName = "none";
  EXPECT_THAT(error_of_map(request), StartsWith("ResourceNotFoundException"));
  request = mapping();
  request.FilterCriteria.emplace().Filters = {{"{"}};
  EXPECT_THAT(error_of_map(request), HasSubstr("Invalid filter pattern definition."));
  EXPECT_EQ(queue.set("VisibilityTimeout", "2"), "");
  EXPECT_THAT(error_of_map(mapping()), HasSubstr("is less than Function timeout: 3 seconds"));
  EXPECT_EQ(queue.set("VisibilityTimeout", "30"), "");
  map(mapping());
  EXPECT_THAT(error_of_map(mapping()), StartsWith("ResourceConflictException"));
}

TEST_F(EventSourceMappingsTest, TheyAreListedByFunctionAndQueue) {
  create("g");
  auto request = mapping();
  const std::string first = map(request);
  request.FunctionName = "g";
  map(request);
  cloud::ListEventSourceMappingsRequest list;
  EXPECT_THAT(bed.run(bed.lambda().ListEventSourceMappings(list)).EventSourceMappings, SizeIs(2));
  list.FunctionName = "f";
  const auto found = bed.run(bed.lambda().ListEventSourceMappings(list)).EventSourceMappings;
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].UUID, first);
}

}  // namespace
}  // namespace doorbuster::engine
