#include "engine/built_in_functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include "cloud/error.h"

namespace doorbuster::engine {
namespace {

using testing::HasSubstr;

class BuiltInFunctionsTest : public testing::Test {
 protected:
  template <class T>
  T run(cloud::Async<T> operation) {
    auto future = boost::asio::co_spawn(context, std::move(operation), boost::asio::use_future);
    context.restart();
    while (future.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
      context.run_one();
    }
    return future.get();
  }
  cloud::InvocationOutcome call(cloud::Handler handler, std::string payload = "{}") {
    functions.add("doorbuster/F", std::move(handler));
    return run(
        functions.invoke(deployment("doorbuster/F"), {"id", std::move(payload), "", "", ""}));
  }
  static cloud::Deployment deployment(const std::string& image) {
    cloud::Deployment deployment;
    deployment.FunctionName = "f";
    deployment.ImageUri = image;
    deployment.Timeout = 1;
    return deployment;
  }

  boost::asio::io_context context;
  BuiltInFunctions functions{context.get_executor()};
};

TEST_F(BuiltInFunctionsTest, AHandlerGetsItsEventAndContext) {
  const auto outcome =
      call([](boost::json::value event, cloud::Context c) -> cloud::Async<boost::json::value> {
        co_return boost::json::object{{"event", event}, {"id", c.AwsRequestId}};
      });
  EXPECT_EQ(outcome.Payload, R"({"event":{},"id":"id"})");
  EXPECT_EQ(outcome.FunctionError, "");
}

TEST_F(BuiltInFunctionsTest, AValueIsAnsweredByAValue) {
  functions.add("doorbuster/F",
                [](boost::json::value event, cloud::Context) -> cloud::Async<boost::json::value> {
                  co_return event;
                });
  cloud::Invocation invocation;
  invocation.Event = boost::json::value{{"amount", 19.99}};
  const auto outcome = run(functions.invoke(deployment("doorbuster/F"), std::move(invocation)));
  EXPECT_EQ(outcome.Answer, (boost::json::value{{"amount", 19.99}}));
  EXPECT_EQ(outcome.Payload, "");
}

TEST_F(BuiltInFunctionsTest, WhatItThrowsIsItsFailure) {
  auto outcome = call([](auto, auto) -> cloud::Async<boost::json::value> {
    throw cloud::Error("NoSuchKey", "there is none", 404);
  });
  EXPECT_EQ(outcome.FunctionError, "Unhandled");
  EXPECT_EQ(outcome.Payload, R"({"errorMessage":"there is none","errorType":"NoSuchKey"})");
  outcome = call([](auto, auto) -> cloud::Async<boost::json::value> {
    throw std::runtime_error("out of cheese");
  });
  EXPECT_EQ(outcome.Payload, R"({"errorMessage":"out of cheese","errorType":"Error"})");
}

TEST_F(BuiltInFunctionsTest, AHandlerThatNeverAnswersIsGivenUp) {
  const auto outcome = call([](auto, auto) -> cloud::Async<boost::json::value> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_at(boost::asio::steady_timer::time_point::max());
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return nullptr;
  });
  EXPECT_EQ(outcome.FunctionError, "Unhandled");
  EXPECT_THAT(outcome.Payload, HasSubstr("Task timed out after 1.00 seconds"));
}

TEST_F(BuiltInFunctionsTest, AnUnknownImageIsRefused) {
  boost::asio::co_spawn(context, functions.check(deployment("none")), [](std::exception_ptr e) {
    try {
      std::rethrow_exception(e);
    } catch (const cloud::Error& error) {
      EXPECT_EQ(error.code(), "InvalidParameterValueException");
      return;
    }
    FAIL();
  });
  context.run();
}

}  // namespace
}  // namespace doorbuster::engine
