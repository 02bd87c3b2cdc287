#include "engine/event_source_mapping.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/json.hpp>
#include <deque>

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// What the function is told to do with its next batch.
struct Function {
  std::vector<json::value> events;
  std::function<json::value(const json::value&)> act = [](const auto&) { return json::value(); };

  cloud::Handler handler() {
    return [this](json::value event, cloud::Context) -> cloud::Async<json::value> {
      events.push_back(event);
      co_return act(event);
    };
  }
};

json::value failures(const std::vector<std::string>& ids) {
  json::array items;
  for (const auto& id : ids) items.push_back(json::object{{"itemIdentifier", id}});
  return json::object{{"batchItemFailures", std::move(items)}};
}

class EventSourceMappingTest : public testing::Test {
 protected:
  EventSourceMapping map(int batch_size = 10) {
    EventSource request{queue.arn(), "F", batch_size, 1};
    EventSourceMapping mapping(bed.engine(), std::move(request), function.handler(),
                               bed.executor());
    bed.settle();
    return mapping;
  }

  TestBed bed;
  QueueDriver queue{bed, "Q", {{"VisibilityTimeout", "5"}}};
  Function function;
};

TEST_F(EventSourceMappingTest, ABatchIsHandedOverAsLambdaDoesAndDeleted) {
  auto message = queue.message("one");
  message.MessageAttributes = {{"s", {"String", "text", ""}}, {"b", {"Binary", "", "\xff"}}};
  const auto sent = queue.send(message);
  queue.send("two");
  const auto mapping = map();
  ASSERT_THAT(function.events, SizeIs(1));
  const auto& records = function.events[0].at("Records").as_array();
  ASSERT_THAT(records, SizeIs(2));
  const auto& r = records[0].as_object();
  EXPECT_EQ(r.at("messageId").as_string(), sent.MessageId.c_str());
  EXPECT_EQ(r.at("body").as_string(), "one");
  EXPECT_EQ(r.at("md5OfBody").as_string(), sent.MD5OfMessageBody.c_str());
  EXPECT_EQ(r.at("eventSource").as_string(), "aws:sqs");
  EXPECT_EQ(r.at("eventSourceARN").as_string(), queue.arn().c_str());
  EXPECT_EQ(r.at("awsRegion").as_string(), "us-east-1");
  EXPECT_EQ(r.at("attributes").at("ApproximateReceiveCount").as_string(), "1");
  EXPECT_EQ(r.at("messageAttributes").at("s").at("stringValue").as_string(), "text");
  EXPECT_EQ(r.at("messageAttributes").at("b").at("binaryValue").as_string(), "/w==");
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_EQ(mapping.counts().invocations, 1U);
  EXPECT_EQ(mapping.counts().messages, 2U);
  EXPECT_EQ(mapping.counts().failures, 0U);
}

TEST_F(EventSourceMappingTest, ItGoesOnPollingAndKeepsToItsBatchSize) {
  const auto mapping = map(3);
  bed.advance(minutes(2));
  for (int i = 0; i < 7; ++i) bed.begin_later(bed.sqs().SendMessage(queue.message("x")));
  bed.settle();
  EXPECT_EQ(mapping.counts().messages, 7U);
  for (const auto& event : function.events) {
    EXPECT_LE(event.at("Records").as_array().size(), 3U);
  }
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(EventSourceMappingTest, WhatFailedComesBackAndTheRestIsDeleted) {
  std::vector<std::string> ids;
  for (const char* body : {"a", "b", "c"}) ids.push_back(queue.send(body).MessageId);
  function.act = [&](const auto&) {
    return function.events.size() == 1 ? failures({ids[1]}) : json::value();
  };
  const auto mapping = map();
  EXPECT_EQ(queue.counts(), "0 1 0");
  EXPECT_EQ(mapping.counts().failures, 1U);
  bed.advance(seconds(5));
  EXPECT_EQ(queue.counts(), "0 0 0");
  ASSERT_THAT(function.events, SizeIs(2));
  const auto& again = function.events[1].at("Records").as_array();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].at("body").as_string(), "b");
  EXPECT_EQ(again[0].at("attributes").at("ApproximateReceiveCount").as_string(), "2");
}

TEST_F(EventSourceMappingTest, ABadAnswerFailsTheWholeBatch) {
  const std::vector<json::value> bad = {
      failures({"an unknown id"}),
      failures({""}),
      json::parse(R"({"batchItemFailures":"all"})"),
      json::parse(R"({"batchItemFailures":[{"itemIdentifier":null}]})"),
      json::parse(R"({"batchItemFailures":[{"ItemIdentifier":"wrong name"}]})"),
      json::parse(R"({"batchItemFailures":["bare"]})"),
  };
  for (const char* body : {"a", "b"}) queue.send(body);
  function.act = [&](const auto&) {
    const auto call = function.events.size() - 1;
    return call < bad.size() ? bad[call] : json::value();
  };
  const auto mapping = map();
  for (std::size_t call = 1; call <= bad.size(); ++call) {
    EXPECT_EQ(queue.counts(), "0 2 0") << call;
    EXPECT_EQ(mapping.counts().failures, 2 * call);
    EXPECT_THAT(bed.log(), SizeIs(call));
    bed.advance(seconds(5));
  }
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(EventSourceMappingTest, AnswersWithoutFailuresAreSuccess) {
  const std::vector<json::value> good = {nullptr, json::object(), "text", failures({}),
                                         json::parse(R"({"batchItemFailures":null})")};
  function.act = [&](const auto&) { return good[function.events.size() - 1]; };
  const auto mapping = map();
  for (std::size_t i = 0; i < good.size(); ++i) queue.send("x");
  EXPECT_THAT(function.events, SizeIs(good.size()));
  EXPECT_EQ(queue.counts(), "0 0 0");
  EXPECT_THAT(bed.log(), IsEmpty());
}

TEST_F(EventSourceMappingTest, AnExceptionFailsTheWholeBatchAndIsLogged) {
  queue.send("x");
  function.act = [&](const auto&) -> json::value {
    if (function.events.size() == 1) throw std::runtime_error("out of cheese");
    return nullptr;
  };
  const auto mapping = map();
  EXPECT_EQ(queue.counts(), "0 1 0");
  ASSERT_THAT(bed.log(), SizeIs(1));
  EXPECT_THAT(bed.log()[0], HasSubstr("out of cheese"));
  bed.advance(seconds(5));
  EXPECT_EQ(queue.counts(), "0 0 0");
}

TEST_F(EventSourceMappingTest, WhatFailsTooOftenBecomesADeadLetter) {
  QueueDriver dead(bed, "Dead");
  EXPECT_EQ(queue.redrive_to(dead, 2), "");
  queue.send("x");
  function.act = [](const auto&) -> json::value { throw std::runtime_error("no"); };
  const auto mapping = map();
  bed.advance(minutes(1));
  EXPECT_THAT(function.events, SizeIs(2));
  EXPECT_EQ(dead.counts(), "1 0 0");
}

TEST_F(EventSourceMappingTest, WhatItHadReceivedIsVisibleAtOnceAfterARestart) {
  auto never = [](json::value, cloud::Context) -> cloud::Async<json::value> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_at(boost::asio::steady_timer::time_point::max());
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return nullptr;
  };
  EXPECT_EQ(queue.set("VisibilityTimeout", "3600"), "");
  for (const char* body : {"in process", "from outside"}) queue.send(body);
  EventSource request{queue.arn(), "F", 1, 1};
  EventSourceMapping mapping(bed.engine(), request, never, bed.executor());
  bed.settle();
  EXPECT_THAT(queue.bodies(), ElementsAre("from outside"));
  EXPECT_EQ(queue.counts(), "0 2 0");
  bed.reopen();
  EXPECT_EQ(queue.counts(), "1 1 0");
  EXPECT_EQ(queue.receive().at(0).Body, "in process");
}

TEST_F(EventSourceMappingTest, StoppingTheEngineEndsItsPollers) {
  boost::asio::io_context context;
  EngineOptions options;
  options.directory = "/engine";
  const auto env = TestBed::memory();
  options.env = env.get();
  Engine engine(options);
  engine.start();
  const auto sqs = make_sqs(engine, {});
  std::exception_ptr error;
  cloud::CreateQueueRequest create{"Q", {}};
  boost::asio::co_spawn(context, sqs->CreateQueue(create),
                        [&](std::exception_ptr e, const auto&) { error = e; });
  context.run();
  ASSERT_FALSE(error);
  context.restart();
  EventSource request{queue.arn(), "F", 10, 3};
  const EventSourceMapping mapping(engine, request, function.handler(), context.get_executor());
  context.poll();
  engine.stop();
  context.run();  // ends
  EXPECT_EQ(mapping.counts().invocations, 0U);
}

TEST_F(EventSourceMappingTest, AQueueThatGoesIsPolledAgainOnceItIsBack) {
  const auto mapping = map();
  bed.run(bed.sqs().DeleteQueue({queue.url()}));
  bed.advance(minutes(2));
  ASSERT_THAT(bed.log(), SizeIs(1));
  EXPECT_THAT(bed.log()[0], HasSubstr("F can't poll, and tries again: There is no queue"));
  QueueDriver again(bed, "Q");
  again.send("x");
  bed.advance(seconds(1));
  EXPECT_THAT(function.events, SizeIs(1));
  bed.run(bed.sqs().DeleteQueue({again.url()}));
  EXPECT_THAT(bed.log(), SizeIs(2));
}

TEST_F(EventSourceMappingTest, LimitsAreLambdas) {
  const auto error = [&](const std::string& arn, int batch_size, int concurrency) -> std::string {
    EventSource request{arn, "F", batch_size, concurrency};
    try {
      EventSourceMapping(bed.engine(), request, function.handler(), bed.executor());
      return "";
    } catch (const cloud::Error& e) {
      return e.code();
    }
  };
  EXPECT_EQ(error(queue.arn(), 0, 2), "InvalidParameterValueException");
  EXPECT_EQ(error(queue.arn(), 10'001, 2), "InvalidParameterValueException");
  EXPECT_EQ(error(queue.arn(), 10, 0), "InvalidParameterValueException");
  EXPECT_EQ(error("arn:aws:sns:us-east-1:000000000000:T", 10, 2), "InvalidParameterValueException");
}

}  // namespace
}  // namespace doorbuster::engine
