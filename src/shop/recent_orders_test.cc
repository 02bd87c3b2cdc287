#include "shop/recent_orders.h"

#include <gtest/gtest.h>

#include "shop/testing.h"

namespace doorbuster::shop {
namespace {

TEST(RecentOrders, KeepTheFirstTextOfANumber) {
  RecentOrders recent(10);
  EXPECT_FALSE(recent.claim("a", "one"));
  const auto first = recent.claim("a", "two");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->text, "one");
  EXPECT_FALSE(first->taken_at);
}

TEST(RecentOrders, RememberWhenAnOrderWasTakenFirst) {
  RecentOrders recent(10);
  recent.claim("a", "one");
  recent.take("a", at(1));
  recent.take("a", at(2));
  recent.take("b", at(2));
  EXPECT_EQ(recent.find("a")->taken_at, at(1));
  EXPECT_FALSE(recent.find("b"));
}

TEST(RecentOrders, ForgetTheOldestWhenThereAreTooMany) {
  RecentOrders recent(2);
  for (const char* number : {"a", "b", "c"}) recent.claim(number, "text");
  EXPECT_FALSE(recent.find("a"));
  EXPECT_TRUE(recent.find("b"));
  EXPECT_TRUE(recent.find("c"));
}

}  // namespace
}  // namespace doorbuster::shop
