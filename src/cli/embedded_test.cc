#include "cli/embedded.h"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

namespace doorbuster::cli {
namespace {

TEST(Embedded, ItsStopWaitsForAFunctionThatHangsNoLongerThanItsGrace) {
  const DataDirectory directory = DataDirectory::temporary();
  Embedded system({.directory = directory, .log = {}, .grace = std::chrono::milliseconds(0)});
  system.start_metrics();
  std::promise<void> wanted;
  const auto hanging = wanted.get_future().share();
  for (int i = 0; i < 16; ++i) {  // more than the pool has threads
    boost::asio::post(system.pool(), [hanging] { hanging.wait(); });
  }
  EXPECT_FALSE(system.stop());
  EXPECT_FALSE(system.stop());
  wanted.set_value();
}

TEST(Embedded, ItsStopWaitsForWhatEnds) {
  const DataDirectory directory = DataDirectory::temporary();
  Embedded system({.directory = directory, .log = {}});
  system.start_metrics();
  EXPECT_TRUE(system.stop());
  EXPECT_TRUE(system.stop());
}

}  // namespace
}  // namespace doorbuster::cli
