#include "documents/json_text.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace doorbuster::documents {
namespace {

std::string rewritten(std::string_view text) {
  return to_text(from_text(text).value());
}

TEST(JsonText, NumbersAreAsShortAsTheyCanBe) {
  EXPECT_EQ(rewritten("19.99"), "19.99");
  EXPECT_EQ(rewritten("1.999E1"), "19.99");
  EXPECT_EQ(rewritten("0.1"), "0.1");
  EXPECT_EQ(rewritten("-1e-7"), "-1e-07");
  EXPECT_EQ(rewritten("100"), "100");
  EXPECT_EQ(rewritten("1.0"), "1.0");
  EXPECT_EQ(rewritten("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(rewritten("18446744073709551615"), "18446744073709551615");
}

TEST(JsonText, NumbersThatNoDoubleHoldsAreRefused) {
  for (const auto* text : {"1e400", "-1e400", "0e400", "[1,[1e400]]", R"({"a":{"b":[1e400]}})"}) {
    EXPECT_FALSE(from_text(text)) << text;
  }
  EXPECT_EQ(rewritten("[1e308,1e-400]"), "[1e+308,0.0]");
}

TEST(JsonText, NoBlanksAndTheSameOrder) {
  EXPECT_EQ(rewritten(R"( { "b" : [ 1 , true , null ] , "a" : { } } )"),
            R"({"b":[1,true,null],"a":{}})");
}

TEST(JsonText, ControlCharactersAreEscaped) {
  EXPECT_EQ(rewritten(R"("\"\\\/\b\f\n\r\t\u0001\u00e9")"),
            "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\xc3\xa9\"");
}

TEST(JsonText, EscapesWhereverTheyAreNeeded) {
  // Each character among plain ones, some of which differ from special ones by little.
  const std::string plain = " !#[]~\x7f\x80\xff\xc3\xa9 0123456789abc";
  for (int c = 0; c < 0x100; ++c) {
    const char one = static_cast<char>(c);
    const std::string alone = to_text(boost::json::string(1, one));
    const std::string escaped = alone.substr(1, alone.size() - 2);
    EXPECT_EQ(escaped.size() > 1, c < 0x20 || one == '"' || one == '\\') << c;
    for (std::size_t i = 0; i <= plain.size(); ++i) {
      std::string text = plain;
      text.insert(i, 1, one);
      std::string expected = plain;
      expected.insert(i, escaped);
      EXPECT_EQ(to_text(boost::json::string(text)), '"' + expected + '"') << c << " at " << i;
    }
  }
}

TEST(JsonText, AnyLengthIsWrittenWhole) {
  for (const std::size_t size : {0, 1, 1'000, 1'000'000, 10}) {
    const std::string text(size, 'x');
    EXPECT_EQ(to_text(boost::json::array{text}), "[\"" + text + "\"]");
  }
}

TEST(JsonText, HasALimitOfDepth) {
  boost::json::value value = 1;
  for (std::size_t i = 0; i < kDepthMax; ++i) value = boost::json::array{std::move(value)};
  EXPECT_EQ(to_text(value).size(), 2 * kDepthMax + 1);
  EXPECT_THROW(to_text(boost::json::array{std::move(value)}), TooDeep);
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(rewritten(nested(kDepthMax)), nested(kDepthMax));
  EXPECT_FALSE(from_text(nested(kDepthMax + 1)));
  EXPECT_FALSE(from_text("{"));
}

}  // namespace
}  // namespace doorbuster::documents
