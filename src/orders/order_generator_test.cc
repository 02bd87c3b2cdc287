#include "orders/order_generator.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <set>

#include "orders/order_json.h"

namespace doorbuster::orders {
namespace {

namespace json = boost::json;

TEST(OrderGenerator, MakesValidOrdersOnly) {
  const OrderGenerator generator(1, 0);
  std::set<std::string> ids;
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    const Order order = generator.order(i);
    EXPECT_THAT(validate(order, {.name_and_product = true}), testing::IsEmpty());
    EXPECT_EQ(parse_order(json::parse(generator.draft(i).text), {}).order, order);
    ids.insert(order.id);
  }
  EXPECT_EQ(ids.size(), 2'000U);
  EXPECT_EQ(generator.order(0).id, "order-10000000");
}

TEST(OrderGenerator, IsTheSameForTheSameSeed) {
  EXPECT_EQ(OrderGenerator(1, 0).order(7), OrderGenerator(1, 0).order(7));
  EXPECT_NE(OrderGenerator(1, 0).order(7), OrderGenerator(2, 0).order(7));
}

TEST(OrderGenerator, CorruptsItsShareInBothWays) {
  const OrderGenerator generator(1, 0.2);
  int invalid = 0;
  int unreadable = 0;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    const OrderDraft draft = generator.draft(i);
    json::error_code no_json;
    const json::value order = json::parse(draft.text, no_json);
    if (no_json) ++unreadable;
    if (!no_json && !parse_order(order, {}).order) ++invalid;
    EXPECT_EQ(draft.corrupt, no_json || !parse_order(order, {}).order);
  }
  EXPECT_NEAR(invalid, 100, 40);
  EXPECT_NEAR(unreadable, 100, 40);
  EXPECT_THROW(OrderGenerator(1, 1.1), std::invalid_argument);
}

}  // namespace
}  // namespace doorbuster::orders
