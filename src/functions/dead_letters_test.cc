#include "functions/dead_letters.h"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "cloud/error.h"
#include "functions/shipping_database.h"
#include "functions/testing.h"

namespace doorbuster::functions {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kEvent = R"({"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put",)"
                           R"("s3":{"bucket":{"name":"b"},"object":{"key":"a+key"}}}]})";

TEST(DeadLettersTest, TellOfObjectsOrOfNone) {
  const auto objects = objects_in(kEvent);
  ASSERT_THAT(objects, SizeIs(1));
  EXPECT_EQ(objects[0], (ObjectVersion{"b", "a key", ""}));
  EXPECT_THAT(objects_in("no event"), IsEmpty());
}

TEST(DeadLettersTest, HaveTheReasonThatTheDatabaseHas) {
  const TemporaryDirectory directory;
  ShippingDatabase database({.database = {.path = directory / "shipping.db"}});
  Rejection of_object;
  of_object.bucket = "b";
  of_object.key = "a key";
  of_object.reason = "the amount is below 0";
  Rejection of_message;
  of_message.key = "m-1";
  of_message.reason = "it is no event";
  for (const auto& rejection : {of_object, of_message}) {
    database.reject(std::span(&rejection, 1), {});
  }
  EXPECT_EQ(why_refused(database, "m-2", objects_in(kEvent)), "the amount is below 0");
  EXPECT_EQ(why_refused(database, "m-1", {}), "it is no event");
  EXPECT_EQ(why_refused(database, "m-2", {}), "not recorded");
}

// Moves two messages each time that it is asked how far it is, of six.
class MovingSqs final : public cloud::Sqs {
 public:
  cloud::Async<cloud::StartMessageMoveTaskResult> StartMessageMoveTask(
      cloud::StartMessageMoveTaskRequest request) override {
    source = request.SourceArn;
    co_return cloud::StartMessageMoveTaskResult();
  }
  cloud::Async<cloud::ListMessageMoveTasksResult> ListMessageMoveTasks(
      cloud::ListMessageMoveTasksRequest) override {
    if (unlisted-- > 0) co_return cloud::ListMessageMoveTasksResult();
    cloud::ListMessageMoveTasksResultEntry task;
    task.ApproximateNumberOfMessagesMoved = moved_ += 2;
    task.Status = moved_ < 6 ? "RUNNING" : end;
    task.FailureReason = "why";
    co_return cloud::ListMessageMoveTasksResult{{task}};
  }

  std::string source;
  std::string end = "COMPLETED";
  int unlisted = 0;  // looks before there is anything to see

 private:
  std::int64_t moved_ = 0;
};

std::uint64_t redrive(MovingSqs& sqs, std::chrono::seconds patience) {
  boost::asio::io_context context;
  auto moved =
      boost::asio::co_spawn(context, redrive_all(sqs, "arn", patience), boost::asio::use_future);
  context.run();
  return moved.get();
}

TEST(DeadLettersTest, AreAllMovedBack) {
  MovingSqs sqs;
  EXPECT_EQ(redrive(sqs, std::chrono::hours(1)), 6U);
  EXPECT_EQ(sqs.source, "arn");
}

TEST(DeadLettersTest, AreMovedAlthoughNoTaskIsListedAtFirst) {
  MovingSqs sqs;
  sqs.unlisted = 2;
  EXPECT_EQ(redrive(sqs, std::chrono::hours(1)), 6U);
}

TEST(DeadLettersTest, AreNotWaitedForTooLong) {
  MovingSqs sqs;
  EXPECT_EQ(redrive(sqs, std::chrono::seconds(0)), 2U);
}

TEST(DeadLettersTest, SayWhyTheyCannotBeMoved) {
  MovingSqs sqs;
  sqs.end = "FAILED";
  try {
    redrive(sqs, std::chrono::hours(1));
    FAIL();
  } catch (const cloud::Error& e) {
    EXPECT_THAT(e.message(), HasSubstr("why"));
  }
}

}  // namespace
}  // namespace doorbuster::functions
