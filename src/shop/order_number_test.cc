#include "shop/order_number.h"

#include <gtest/gtest.h>

namespace doorbuster::shop {
namespace {

TEST(OrderNumber, IsBase32InGroups) {
  EXPECT_EQ(order_number(std::string(10, '\0')), "0000-0000-0000-0000");
  EXPECT_EQ(order_number(std::string(10, '\xff')), "ZZZZ-ZZZZ-ZZZZ-ZZZZ");
  EXPECT_EQ(order_number(std::string("\x08\x42\x10\x84\x21\x08\x42\x10\x84\x21", 10)),
            "1111-1111-1111-1111");
}

TEST(OrderNumber, IsAlwaysTheSameForAKey) {
  const std::string number = order_number_for("8e03978e-40d5-43e8-bc93-6894a57f9324");
  EXPECT_EQ(number, order_number_for("8e03978e-40d5-43e8-bc93-6894a57f9324"));
  EXPECT_NE(number, order_number_for("8e03978e-40d5-43e8-bc93-6894a57f9325"));
  EXPECT_TRUE(is_order_number(number)) << number;
}

TEST(OrderNumber, IsKnownByItsForm) {
  EXPECT_TRUE(is_order_number("K7QM-2XRA-9F3T-PZ0B"));
  for (const char* other : {"", "K7QM-2XRA-9F3T-PZ0", "K7QM-2XRA-9F3T-PZ0BX", "K7QM2-XRA-9F3T-PZ0B",
                            "k7qm-2xra-9f3t-pz0b", "K7QM-2XRA-9F3T-PZ0U", "../../../etc/passwd"}) {
    EXPECT_FALSE(is_order_number(other)) << other;
  }
}

}  // namespace
}  // namespace doorbuster::shop
