// Tags of a queue.
#include "engine/queue_tags.h"

#include "engine/queue_driver.h"

namespace doorbuster::engine {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class QueueTagsTest : public testing::Test {
 protected:
  std::string create(const std::string& name, cloud::TagMap tags) {
    return bed.error_of(bed.sqs().CreateQueue({name, {}, std::move(tags)}));
  }
  std::string tag(cloud::TagMap tags) {
    return bed.error_of(bed.sqs().TagQueue({url, std::move(tags)}));
  }
  std::string untag(std::vector<std::string> keys) {
    return bed.error_of(bed.sqs().UntagQueue({url, std::move(keys)}));
  }
  cloud::TagMap tags() { return bed.run(bed.sqs().ListQueueTags({url})).Tags; }

  TestBed bed;
  const std::string url = "http://127.0.0.1:4566/000000000000/Q";
};

TEST_F(QueueTagsTest, AreKeptOverRestarts) {
  EXPECT_EQ(create("Q", {{"team", "shop"}, {"stage", "test"}}), "");
  EXPECT_EQ(tag({{"stage", "live"}, {"empty", ""}}), "");
  bed.reopen();
  EXPECT_EQ(tags(), (cloud::TagMap{{"empty", ""}, {"stage", "live"}, {"team", "shop"}}));
  EXPECT_EQ(untag({"stage", "none"}), "");
  bed.reopen();
  EXPECT_EQ(tags(), (cloud::TagMap{{"empty", ""}, {"team", "shop"}}));
  bed.run(bed.sqs().DeleteQueue({url}));
  EXPECT_EQ(create("Q", {}), "");
  EXPECT_THAT(tags(), IsEmpty());
}

TEST_F(QueueTagsTest, HaveLimits) {
  EXPECT_EQ(create("Q", {{std::string(129, 'k'), ""}}), "InvalidParameterValue");
  EXPECT_EQ(create("Q", {{"aws:mine", ""}}), "InvalidParameterValue");
  EXPECT_EQ(create("Q", {}), "");
  EXPECT_EQ(tag({{"", "value"}}), "InvalidParameterValue");
  EXPECT_EQ(tag({{"key", std::string(257, 'v')}}), "InvalidParameterValue");
  std::string umlauts;
  for (int i = 0; i < 128; ++i) umlauts += "ä";
  EXPECT_EQ(tag({{umlauts, umlauts + umlauts}}), "") << "characters count, not bytes";
  EXPECT_EQ(untag({umlauts}), "");
  cloud::TagMap many;
  for (int i = 0; i < 50; ++i) many[std::to_string(i)] = "";
  EXPECT_EQ(tag(many), "");
  EXPECT_EQ(tag({{"0", "again"}}), "");
  EXPECT_EQ(tag({{"one more", ""}}), "InvalidParameterValue");
  EXPECT_THAT(tags(), SizeIs(50));
  EXPECT_EQ(tag({}), "MissingParameter");
  EXPECT_EQ(untag({}), "MissingParameter");
}

}  // namespace
}  // namespace doorbuster::engine
