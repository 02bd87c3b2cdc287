#include "engine/live_executions.h"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

namespace doorbuster::engine {
namespace {

class LiveExecutionsTest : public testing::Test {
 protected:
  // One that has another name in the store than in memory.
  void add(std::uint64_t number, std::size_t bytes) {
    LiveExecution live;
    live.record.number = number;
    live.record.name = "stored";
    auto batch = store_->batch();
    batch.put(Family::state, beginning_key(number), live.record.encode_beginning());
    store_->write(batch);
    live.record.name = "live";
    live.record.input = std::string(bytes, 'x');
    live_.add(std::move(live));
    live_.end_turn();
  }
  std::string found(std::uint64_t number) { return live_.find(*store_, number)->record.name; }

  const std::unique_ptr<rocksdb::Env> disk_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  const std::unique_ptr<Store> store_ = Store::open("/store", disk_.get());
  LiveExecutions live_{[](const Store&, const ExecutionRecord&, const states::Execution::Pieces&) {
    return nullptr;
  }};
};

TEST_F(LiveExecutionsTest, AreNoMoreThanAreGoodForMemory) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  add(1, 30 * kMiB);
  add(2, 30 * kMiB);
  EXPECT_EQ(found(1), "live");
  add(3, 30 * kMiB);
  EXPECT_EQ(found(1), "live");
  EXPECT_EQ(found(2), "stored");
  EXPECT_EQ(found(3), "live");
}

TEST_F(LiveExecutionsTest, AreWeighedAgainAsTheyGrow) {
  constexpr std::size_t kMiB = std::size_t{1} << 20;
  add(1, 1);
  add(2, 30 * kMiB);
  LiveExecution& grown = *live_.find(*store_, 1);
  grown.record.output = std::string(40 * kMiB, 'x');
  live_.weigh(grown);
  live_.end_turn();
  EXPECT_EQ(found(1), "live");
  EXPECT_EQ(found(2), "stored");
}

TEST_F(LiveExecutionsTest, AreNoMoreThanMayBe) {
  constexpr std::uint64_t kMany = 4'097;
  for (std::uint64_t number = 1; number <= kMany; ++number) add(number, 1);
  EXPECT_EQ(found(1), "stored");
  EXPECT_EQ(found(2), "live");
}

}  // namespace
}  // namespace doorbuster::engine
