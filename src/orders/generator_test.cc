#include "orders/generator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "orders/invoice_json.h"

namespace doorbuster::orders {
namespace {

using testing::Each;
using testing::Gt;

// What can go wrong here only shows over many orders; this many take a moment.
constexpr std::uint64_t kMany = 20'000;

Generator generator(double corrupt_share, std::size_t lines_max = 12) {
  GeneratorOptions options;
  options.corrupt_share = corrupt_share;
  options.lines_max = lines_max;
  return Generator(options);
}

int hour_of(const Invoice& invoice) {
  const auto time = invoice.date.value();
  return static_cast<int>(
      std::chrono::floor<std::chrono::hours>(time - std::chrono::floor<std::chrono::days>(time))
          .count());
}

TEST(Generator, MakesTheSameOrdersOnEveryPlatform) {
  EXPECT_EQ(generator(0).order(0).text,
            R"({"invoice":"10000000","kind":"sale","customer":"21498","country":"United Kingdom",)"
            R"("date":"2026-11-27T19:55:46","lines":[{"stock_code":"20013",)"
            R"("description":"RED WOOLLY CUSHION","quantity":2,"unit_price":"2.99"}]})");
  EXPECT_EQ(generator(0).order(123'456'789).text,
            R"({"invoice":"133456789","kind":"sale","customer":"15412","country":"United Kingdom",)"
            R"("date":"2027-03-30T21:47:15","lines":[{"stock_code":"20060",)"
            R"("description":"SAGE FELT STORAGE BOX","quantity":1,"unit_price":"0.49"},)"
            R"({"stock_code":"23120","description":"RED FELT COFFEE MUG","quantity":1,)"
            R"("unit_price":"89.99"},{"stock_code":"21249","description":"WHITE PAISLEY DOORMAT",)"
            R"("quantity":1,"unit_price":"17.95"}]})");
  EXPECT_EQ(generator(1).order(3).text,
            R"({"invoice":"10000003","kind":"sale","customer":"22005","country":"United Kingdom",)"
            R"("date":"2026-11-27T21:33:13","lines":[{"stock_code":"23210",)"
            R"("description":"TEAL ZINC CUSHION","quantity":-1,"unit_price":"13.25"}]})");
}

TEST(Generator, AnswersInAnyOrderOfAsking) {
  const Generator one = generator(0.3);
  const Generator other = generator(0.3);
  std::vector<std::string> forward;
  for (std::uint64_t i = 0; i < 100; ++i) forward.push_back(one.order(i).text);
  for (std::uint64_t i = 100; i-- > 0;) EXPECT_EQ(other.order(i).text, forward[i]);
}

TEST(Generator, DependsOnItsSeed) {
  GeneratorOptions options;
  options.seed = 2;
  EXPECT_NE(Generator(options).order(0).text, generator(0).order(0).text);
}

TEST(Generator, MakesValidOrdersThatAreReadBackAsTheyWere) {
  const Generator g = generator(0);
  for (std::uint64_t i = 0; i < kMany; ++i) {
    const Draft draft = g.order(i);
    ASSERT_FALSE(draft.corrupt);
    const Parsed parsed = parse_invoice(draft.text);
    ASSERT_EQ(parsed.invoice, g.invoice(i)) << draft.text;
    ASSERT_EQ(parsed.invoice->number, draft.number);
  }
}

TEST(Generator, NumbersOrdersUniquely) {
  const Generator g = generator(0.1);
  std::set<std::string> numbers;
  for (std::uint64_t i = 0; i < kMany; ++i) numbers.insert(g.order(i).number);
  EXPECT_EQ(numbers.size(), kMany);
}

TEST(Generator, MakesCorruptOrdersThatAreRejectedForVariousReasons) {
  const Generator g = generator(1);
  std::map<std::string, int> kinds;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    const Draft draft = g.order(i);
    ASSERT_TRUE(draft.corrupt);
    const Parsed parsed = parse_invoice(draft.text);
    ASSERT_FALSE(parsed.invoice) << draft.text;
    const std::string& reason = parsed.reasons[0];
    for (const char* kind : {"incomplete JSON", "syntax error", "must be above 0",
                             "must be below 0", "has no lines", "must not be below 0"}) {
      if (reason.find(kind) != std::string::npos) ++kinds[kind];
    }
  }
  EXPECT_EQ(kinds.size(), 6u);
  for (const char* kind : {"incomplete JSON", "syntax error", "has no lines"}) {
    EXPECT_NEAR(kinds[kind], kMany / 5.0, kMany / 50.0) << kind;
  }
}

TEST(Generator, CorruptsTheShareItIsToldAndLeavesTheOthersAlone) {
  const Generator intact = generator(0);
  const Generator g = generator(0.05);
  int corrupt = 0;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    const Draft draft = g.order(i);
    ASSERT_EQ(draft.number, intact.order(i).number);
    if (draft.corrupt) {
      ++corrupt;
    } else {
      ASSERT_EQ(draft.text, intact.order(i).text);
    }
  }
  EXPECT_NEAR(corrupt, 1'000, 100);
}

TEST(Generator, MakesCancellationsAndGuestsInTheirShares) {
  GeneratorOptions options;
  options.cancellation_share = 0.25;
  options.guest_share = 0.5;
  const Generator g(options);
  int cancellations = 0;
  int guests = 0;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    const Invoice invoice = g.invoice(i);
    const bool cancelled = invoice.kind == Kind::cancellation;
    cancellations += cancelled;
    guests += !invoice.customer;
    ASSERT_EQ(invoice.number, (cancelled ? "C" : "") + std::to_string(10'000'000 + i));
  }
  EXPECT_NEAR(cancellations, 5'000, 250);
  EXPECT_NEAR(guests, 10'000, 300);
}

TEST(Generator, SellsByZipfsLawAtFixedPrices) {
  const Generator g = generator(0, 1);
  std::map<std::string, int> sold;
  std::map<std::string, std::set<std::string>> prices;
  std::map<std::string, std::set<std::string>> codes_of_name;
  for (std::uint64_t i = 0; i < kMany; ++i) {
    const Line line = g.invoice(i).lines.at(0);
    ++sold[line.stock_code];
    prices[line.stock_code].insert(line.unit_price.str());
    codes_of_name[line.description].insert(line.stock_code);
    ASSERT_GT(line.unit_price, Money());
  }
  // The sum of 1/k for 5,000 products is 9.0945.
  EXPECT_NEAR(sold["20000"], kMany / 9.0945, 150);
  EXPECT_NEAR(sold["20001"], kMany / 9.0945 / 2, 120);
  EXPECT_NEAR(sold["20009"], kMany / 9.0945 / 10, 60);
  for (const auto& [code, seen] : prices) EXPECT_EQ(seen.size(), 1u) << code;
  for (const auto& [name, codes] : codes_of_name) EXPECT_EQ(codes.size(), 1u) << name;
}

TEST(Generator, FollowsTheCurveOfADay) {
  const Generator g = generator(0);
  std::array<int, 24> orders{};
  for (std::uint64_t i = 0; i < kMany; ++i)
    ++orders.at(static_cast<std::size_t>(hour_of(g.invoice(i))));
  EXPECT_THAT(orders, Each(Gt(0)));
  EXPECT_GT(orders[0], 2 * orders[1]);   // the rush
  EXPECT_GT(orders[0], 10 * orders[4]);  // the quiet night
  EXPECT_GT(orders[10], orders[8]);      // the morning's peak
  EXPECT_GT(orders[10], orders[14]);
  EXPECT_EQ(std::ranges::max_element(orders) - orders.begin(), 20);
}

TEST(Generator, GoesOnToTheNextDay) {
  using namespace std::chrono_literals;
  GeneratorOptions options;
  options.orders_per_day = 10;
  const Generator g(options);
  const auto day_of = [&](std::uint64_t i) {
    return std::chrono::floor<std::chrono::days>(g.invoice(i).date.value());
  };
  EXPECT_EQ(day_of(0), std::chrono::sys_days(2026y / 11 / 27));
  EXPECT_EQ(day_of(9), std::chrono::sys_days(2026y / 11 / 27));
  EXPECT_EQ(day_of(10), std::chrono::sys_days(2026y / 11 / 28));
  EXPECT_TRUE(parse_invoice(g.order(1'000'000'000'000).text).invoice);
}

TEST(Generator, MakesFewLinesMostlyAndNeverMoreThanTold) {
  const Generator one = generator(0, 1);
  const Generator many = generator(0, 4);
  std::array<int, 5> orders{};  // by their number of lines
  for (std::uint64_t i = 0; i < kMany; ++i) {
    ASSERT_EQ(one.invoice(i).lines.size(), 1u);
    ++orders.at(many.invoice(i).lines.size());
  }
  EXPECT_EQ(orders[0], 0);
  EXPECT_NEAR(orders[1], kMany * 0.45, 300);
  EXPECT_NEAR(orders[2], kMany * 0.55 * 0.45, 300);
  EXPECT_NEAR(orders[4], kMany * 0.55 * 0.55 * 0.55, 300);
}

TEST(Generator, RefusesOptionsOutOfTheirRange) {
  const auto fault = [](auto change) -> std::string {
    GeneratorOptions options;
    change(options);
    try {
      const Generator g(options);
    } catch (const std::invalid_argument& e) {
      return e.what();
    }
    return "none";
  };
  EXPECT_EQ(fault([](auto&) {}), "none");
  EXPECT_EQ(fault([](auto& o) { o.products = 0; }), "products must be between 1 and 1000000");
  EXPECT_EQ(fault([](auto& o) { o.products = 1'000'001; }),
            "products must be between 1 and 1000000");
  EXPECT_EQ(fault([](auto& o) { o.lines_max = 0; }), "lines_max must be between 1 and 100000");
  EXPECT_EQ(fault([](auto& o) { o.corrupt_share = 1.1; }), "corrupt_share must be between 0 and 1");
  EXPECT_EQ(fault([](auto& o) { o.guest_share = -0.1; }), "guest_share must be between 0 and 1");
  EXPECT_EQ(fault([](auto& o) { o.cancellation_share = 0.0 / 0.0; }),
            "cancellation_share must be between 0 and 1");
  EXPECT_EQ(fault([](auto& o) { o.orders_per_day = 0; }), "orders_per_day must be at least 1");
  EXPECT_EQ(fault([](auto& o) { o.first_day = {}; }), "first_day must be a real date");
}

}  // namespace
}  // namespace doorbuster::orders
