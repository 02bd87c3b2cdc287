// Text that is no UTF-8, which those who call the engine in its own process could still send, and
// which stores have from when everybody could.
#include <boost/json.hpp>

#include "engine/lambda_driver.h"
#include "engine/s3_driver.h"

namespace doorbuster::engine {
namespace {

const std::string kOdd = "odd \xff\xed\xa0\x80";

class OddBytesTest : public LambdaTest {
 protected:
  std::string error_of_publish(const std::string& topic, const std::string& text,
                               const std::string& attribute = "v") {
    cloud::PublishRequest request;
    request.TopicArn = topic;
    request.Message = text;
    request.MessageAttributes["a"] = {"String", attribute, ""};
    return bed.error_of(bed.sns().Publish(request));
  }
};

TEST_F(OddBytesTest, AStoreIsOpenedWhateverItsTextsAre) {
  QueueDriver queue(bed, "Q");
  bed.run(bed.sqs().TagQueue({queue.url(), {{"k", kOdd}}}));
  const auto topic =
      bed.run(bed.sns().CreateTopic({"T", {{"DisplayName", kOdd}}, {{"k", kOdd}}})).TopicArn;
  bed.run(bed.s3().CreateBucket(of_bucket<cloud::CreateBucketRequest>("invoices")));
  auto tagging = of_bucket<cloud::PutBucketTaggingRequest>("invoices");
  tagging.TagSet = {{"k", "\xff"}};
  bed.run(bed.s3().PutBucketTagging(tagging));
  auto f = function("f");
  f.Description = kOdd;
  create(f);
  bed.reopen();
  EXPECT_EQ(bed.run(bed.sqs().ListQueueTags({queue.url()})).Tags.at("k"), kOdd);
  EXPECT_EQ(bed.run(bed.sns().GetTopicAttributes({topic})).Attributes.at("DisplayName"), kOdd);
  EXPECT_EQ(bed.run(bed.s3().GetBucketTagging({"invoices"})).TagSet.at(0).Value, "\xff");
  EXPECT_EQ(bed.run(bed.lambda().GetFunctionConfiguration({"f"})).Description, kOdd);
}

TEST_F(OddBytesTest, ATopicTakesTextOnly) {
  create("f");
  allow("f", "sns.amazonaws.com");
  const auto topic = bed.run(bed.sns().CreateTopic({"T", {}, {}})).TopicArn;
  bed.run(bed.sns().Subscribe(
      {topic, "lambda", cloud::Scope{}.arn("lambda", "function:f"), {}, false}));
  EXPECT_EQ(error_of_publish(topic, kOdd), "InvalidParameter");
  EXPECT_EQ(error_of_publish(topic, "x", kOdd), "ParameterValueInvalid");
  EXPECT_EQ(error_of_publish(topic, "x"), "") << "nothing has stopped";
  start();
  EXPECT_EQ(bed.functions.calls_of("f"), 1U);
}

}  // namespace
}  // namespace doorbuster::engine
