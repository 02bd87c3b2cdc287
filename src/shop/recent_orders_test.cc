#include "shop/recent_orders.h"

#include <gtest/gtest.h>

#include "shop/testing.h"

namespace doorbuster::shop {
namespace {

using Standing = RecentOrders::Standing;

TEST(RecentOrders, KeepTheFirstTextOfANumber) {
  RecentOrders recent(10, 10);
  EXPECT_EQ(recent.look("a", "one"), Standing::unknown);
  EXPECT_EQ(recent.claim("a", "one"), Standing::unknown);
  EXPECT_EQ(recent.claim("a", "two"), Standing::foreign);
  EXPECT_EQ(recent.claim("a", "one"), Standing::claimed);
  EXPECT_EQ(recent.find("a")->text, "one");
  EXPECT_FALSE(recent.find("a")->taken_at);
}

TEST(RecentOrders, RememberWhenAnOrderWasTakenFirst) {
  RecentOrders recent(10, 10);
  recent.claim("a", "one");
  recent.take("a", at(1));
  recent.take("a", at(2));
  recent.take("b", at(2));
  EXPECT_EQ(recent.look("a", "one"), Standing::taken);
  EXPECT_EQ(recent.find("a")->taken_at, at(1));
  EXPECT_EQ(recent.look("b", "one"), Standing::unknown);
}

TEST(RecentOrders, ForgetTheOldestWhenThereAreTooMany) {
  RecentOrders recent(2, 1);
  for (const char* number : {"a", "b", "c"}) {
    recent.claim(number, "text");
    recent.take(number, at(1));
  }
  EXPECT_EQ(recent.look("a", "text"), Standing::unknown);
  EXPECT_EQ(recent.look("b", "text"), Standing::taken);
  EXPECT_EQ(recent.look("b", "other"), Standing::foreign);
  EXPECT_FALSE(recent.find("b"));
  EXPECT_TRUE(recent.find("c"));
}

TEST(RecentOrders, ReleaseWhatWasNotTaken) {
  RecentOrders recent(2, 2);
  for (const char* number : {"a", "b"}) recent.claim(number, "one");
  recent.take("a", at(1));
  for (const char* number : {"a", "b", "c"}) recent.release(number);
  EXPECT_EQ(recent.claim("a", "two"), Standing::foreign);
  EXPECT_EQ(recent.claim("b", "two"), Standing::unknown);
  EXPECT_EQ(recent.find("b")->text, "two");
  EXPECT_EQ(recent.look("a", "one"), Standing::taken) << "nothing was forgotten for it";
}

}  // namespace
}  // namespace doorbuster::shop
