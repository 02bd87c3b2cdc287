#include "engine/execution_pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include "engine/execution_record.h"

namespace doorbuster::engine {
namespace {

using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr std::uint64_t kExecution = 7;
const std::string kLarge(5'000, 'x');

class ExecutionPiecesTest : public testing::Test {
 protected:
  void write(states::Execution::Changes changes) {
    auto batch = store_->batch();
    pieces_.write(batch, kExecution, std::move(changes));
    store_->write(batch);
    encode();
  }
  void encode() {
    Encoder out;
    pieces_.encode(out);
    small_ = out.bytes();
  }
  // As a restart would find them.
  states::Execution::Pieces stored() {
    pieces_ = {};
    Decoder small(small_);
    return pieces_.read(*store_, kExecution, small);
  }
  void change(void (ExecutionPieces::*how)(Batch&, std::uint64_t)) {
    auto batch = store_->batch();
    (pieces_.*how)(batch, kExecution);
    store_->write(batch);
  }
  // That they have of their own.
  std::size_t rows() {
    std::size_t rows = 0;
    store_->scan(Family::state, "y", "z", [&](std::string_view, std::string_view) {
      ++rows;
      return true;
    });
    return rows;
  }

  const std::unique_ptr<rocksdb::Env> disk_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  const std::unique_ptr<Store> store_ = Store::open("/data", disk_.get());
  std::string small_;  // that are in the execution's row
  ExecutionPieces pieces_;
};

TEST_F(ExecutionPiecesTest, SmallOnesAreInTheExecutionsRow) {
  write({{"core", "1"}, {"f/1", "place"}, {"t/1", "task"}});
  EXPECT_EQ(rows(), 0U);
  EXPECT_THAT(stored(),
              UnorderedElementsAre(Pair("core", "1"), Pair("f/1", "place"), Pair("t/1", "task")));
  write({{"core", "2"}, {"t/1", std::nullopt}});
  EXPECT_EQ(rows(), 0U);
  EXPECT_THAT(stored(), UnorderedElementsAre(Pair("core", "2"), Pair("f/1", "place")));
}

TEST_F(ExecutionPiecesTest, WhatHasGrownIsSpread) {
  write({{"core", "1"}, {"f/1", "place"}});
  write({{"d/1", kLarge}});
  EXPECT_EQ(rows(), 3U);
  EXPECT_THAT(stored(),
              UnorderedElementsAre(Pair("core", "1"), Pair("f/1", "place"), Pair("d/1", kLarge)));
  write({{"core", "2"}, {"d/1", std::nullopt}});
  EXPECT_THAT(stored(), UnorderedElementsAre(Pair("core", "2"), Pair("f/1", "place")));
}

TEST_F(ExecutionPiecesTest, SmallOnesHaveARowBetweenTheEndAndARedrive) {
  write({{"core", "1"}, {"f/1", "place"}});
  change(&ExecutionPieces::keep);
  small_.clear();  // with the row of the open execution
  EXPECT_EQ(rows(), 1U);
  EXPECT_THAT(stored(), UnorderedElementsAre(Pair("core", "1"), Pair("f/1", "place")));
  change(&ExecutionPieces::redrive);
  encode();
  EXPECT_EQ(rows(), 0U);
  EXPECT_THAT(stored(), UnorderedElementsAre(Pair("core", "1"), Pair("f/1", "place")));
}

TEST_F(ExecutionPiecesTest, NothingIsLeftOfThoseThatAreForgotten) {
  for (const auto& data : {std::string("small"), kLarge}) {
    write({{"core", "1"}, {"d/1", data}});
    change(&ExecutionPieces::keep);
    change(&ExecutionPieces::forget);
    encode();
    EXPECT_EQ(rows(), 0U);
    EXPECT_THAT(stored(), IsEmpty());
  }
}

}  // namespace
}  // namespace doorbuster::engine
