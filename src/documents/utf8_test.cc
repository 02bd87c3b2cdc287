#include "documents/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace doorbuster::documents {
namespace {

TEST(Utf8, TakesTheFirstAndLastCodePointOfEachLength) {
  for (const char* text : {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF",
                           "eight or more bytes, caf\xC3\xA9, and more of them"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
  EXPECT_TRUE(is_utf8(std::string("\0", 1)));
}

TEST(Utf8, MakesTextOfAnyBytes) {
  EXPECT_EQ(to_utf8("caf\xC3\xA9"), "caf\xC3\xA9");
  EXPECT_EQ(to_utf8("\xFF"
                    "a\xC3\xA9\xE2\x82"),
            "\xEF\xBF\xBD"
            "a\xC3\xA9\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(to_utf8(""), "");
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  const char* const cases[] = {
      "\x80",                         // a tail byte alone
      "\xC3",                         // cut
      "\xE2\x82",                     // cut
      "\xF0\x9F\x98",                 // cut
      "\xC0\x80",                     // overlong
      "\xC1\xBF",                     // overlong
      "\xE0\x9F\xBF",                 // overlong
      "\xF0\x8F\xBF\xBF",             // overlong
      "\xED\xA0\x80",                 // a surrogate
      "\xF4\x90\x80\x80",             // beyond U+10FFFF
      "\xF5\x80\x80\x80",             // beyond U+10FFFF
      "\xFF",                         // never a UTF-8 byte
      "\xC3(",                        // no tail byte
      "seven b\xE9 and Latin-1 text"  // an e acute of Latin-1
  };
  for (const char* text : cases) EXPECT_FALSE(is_utf8(text)) << text;
}

TEST(Utf8, NeverReadsBeyondTheText) {
  const std::string text = "caf\xC3\xA9";
  EXPECT_FALSE(is_utf8(std::string_view(text).substr(0, 4)));
  EXPECT_TRUE(is_utf8(text));
}

TEST(CountCharacters, CountsThemNotTheirBytes) {
  EXPECT_EQ(count_characters(""), 0U);
  EXPECT_EQ(count_characters("abc"), 3U);
  EXPECT_EQ(count_characters("\u00e9\u20ac\U0001F600"), 3U);
}

TEST(HasControls, FindsThoseOfBothRanges) {
  EXPECT_FALSE(has_controls("Zo\u00eb \u00a0~\u20ac"));
  for (const std::string text : {"a\nb", "\t", "\x7f", "\u0080", "x\u009f"}) {
    EXPECT_TRUE(has_controls(text)) << text;
  }
  EXPECT_TRUE(has_controls(std::string(1, '\0')));
}

TEST(Storable, WritesOutWhatIsNoText) {
  using namespace std::string_literals;
  EXPECT_EQ(storable("caf\xC3\xA9\n100%"), "caf\xC3\xA9\n100%");
  EXPECT_EQ(storable("a\0b\xE9"s), "a%00b%E9");
  EXPECT_EQ(storable("\xE2\x82"), "%E2%82");
  EXPECT_EQ(storable(""), "");
}

}  // namespace
}  // namespace doorbuster::documents
