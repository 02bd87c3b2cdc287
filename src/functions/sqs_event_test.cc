#include "functions/sqs_event.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace doorbuster::functions {
namespace {

TEST(ParseSqsEventTest, ReadsTheMessages) {
  const auto messages = parse_sqs_event(boost::json::parse(
      R"({"Records":[{"messageId":"m1","receiptHandle":"r1","body":"b1",)"
      R"("attributes":{"ApproximateReceiveCount":"3","SentTimestamp":"1500000000007"},"eventSourceARN":"arn:q"},)"
      R"({"messageId":"m2","receiptHandle":"r2","body":"b2","eventSourceARN":"arn:q"}]})"));
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].id, "m1");
  EXPECT_EQ(messages[0].receipt_handle, "r1");
  EXPECT_EQ(messages[0].body, "b1");
  EXPECT_EQ(messages[0].queue_arn, "arn:q");
  EXPECT_EQ(messages[0].receives, 3);
  EXPECT_EQ(messages[0].sent_at, cloud::Time(std::chrono::milliseconds(1'500'000'000'007)));
  EXPECT_EQ(messages[1].sent_at, std::nullopt);
  EXPECT_EQ(messages[1].receives, 1);
}

TEST(ParseSqsEventTest, RefusesAnotherEvent) {
  EXPECT_THROW(parse_sqs_event({}), std::invalid_argument);
  EXPECT_THROW(parse_sqs_event(boost::json::parse(R"({"Records":[{"messageId":"m1"}]})")),
               std::invalid_argument);
}

}  // namespace
}  // namespace doorbuster::functions
