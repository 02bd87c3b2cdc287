// topology's set_up() on an engine.
#include <gtest/gtest.h>

#include "cli/embedded.h"

namespace doorbuster::cli {
namespace {

TEST(SetUp, EveryQueueKeepsItsMessagesForAsLongAsThereIs) {
  const auto directory = DataDirectory::temporary();
  Embedded system({.directory = directory, .log = {}});
  system.set_up_checkout(system.set_up());
  const auto queues = system.wait(system.sqs().ListQueues({})).QueueUrls;
  EXPECT_EQ(queues.size(), 6);
  for (const auto& url : queues) {
    cloud::GetQueueAttributesRequest request;
    request.QueueUrl = url;
    request.AttributeNames = {"MessageRetentionPeriod"};
    const auto attributes = system.wait(system.sqs().GetQueueAttributes(request)).Attributes;
    EXPECT_EQ(attributes.at("MessageRetentionPeriod"), "1209600") << url;
  }
}

}  // namespace
}  // namespace doorbuster::cli
