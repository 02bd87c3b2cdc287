#include "orders/chance.h"

#include <gtest/gtest.h>

#include <string>

namespace doorbuster::orders {
namespace {

TEST(Chance, HappensInTheShareThatIsAskedFor) {
  int happened = 0;
  for (int i = 0; i < 10'000; ++i) {
    happened += chance(hash_of(1, 2, "order-" + std::to_string(i), 0), 0.1) ? 1 : 0;
  }
  EXPECT_NEAR(happened, 1'000, 100);
}

TEST(Chance, NeverHappensWithNoneAndAlwaysWithAll) {
  EXPECT_FALSE(chance(0, 0));
  EXPECT_TRUE(chance(~std::uint64_t{0}, 1));
}

TEST(HashOf, FollowsFromAllOfIt) {
  constexpr std::uint64_t kHash = hash_of(1, 2, "a", 3);
  EXPECT_EQ(hash_of(1, 2, "a", 3), kHash);
  EXPECT_NE(hash_of(2, 2, "a", 3), kHash);
  EXPECT_NE(hash_of(1, 3, "a", 3), kHash);
  EXPECT_NE(hash_of(1, 2, "b", 3), kHash);
  EXPECT_NE(hash_of(1, 2, "a", 4), kHash);
}

// What was decided must not change with the next version: payments are asked for again after an
// upgrade, too.
TEST(HashOf, IsTheSameForEver) {
  EXPECT_EQ(hash_of(1, 1, "test-123", 0), 14348785479401527595U);
}

}  // namespace
}  // namespace doorbuster::orders
