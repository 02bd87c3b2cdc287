#include "orders/csv_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace doorbuster::orders {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Record = std::vector<std::string>;

// Gives the text in pieces of that many bytes.
CsvReader::Source pieces(std::string text, std::size_t piece) {
  return [text = std::move(text), piece, at = std::size_t{0}](char* to, std::size_t size) mutable {
    const std::size_t n = std::min({piece, size, text.size() - at});
    text.copy(to, n, at);
    at += n;
    return n;
  };
}

std::vector<Record> read_in_pieces(const std::string& text, std::size_t piece) {
  CsvReader reader(pieces(text, piece));
  std::vector<Record> records;
  while (reader.next()) records.emplace_back(reader.fields().begin(), reader.fields().end());
  return records;
}

std::vector<Record> read(const std::string& text) {
  std::vector<Record> whole = read_in_pieces(text, 1'000'000);
  for (const std::size_t piece : {1U, 2U, 3U, 7U}) EXPECT_EQ(read_in_pieces(text, piece), whole);
  return whole;
}

// "LINE: FAULT" of the error that reading the text ends in.
std::string fault(const std::string& text) {
  try {
    read_in_pieces(text, 5);
  } catch (const CsvError& error) {
    return std::to_string(error.line()) + ": " + error.what();
  }
  return "none";
}

TEST(CsvReader, SplitsRecordsAndFields) {
  EXPECT_THAT(read("a,b\nc,d\n"), ElementsAre(Record{"a", "b"}, Record{"c", "d"}));
  EXPECT_THAT(read("a,b\r\nc,d\r\n"), ElementsAre(Record{"a", "b"}, Record{"c", "d"}));
  EXPECT_THAT(read("a,b\nc,d"), ElementsAre(Record{"a", "b"}, Record{"c", "d"}));
  EXPECT_THAT(read(",\n,,"), ElementsAre(Record{"", ""}, Record{"", "", ""}));
  EXPECT_THAT(read(""), IsEmpty());
}

TEST(CsvReader, UnquotesFields) {
  EXPECT_THAT(read("\"a,b\",\"c\"\"d\"\n"), ElementsAre(Record{"a,b", "c\"d"}));
  EXPECT_THAT(read("\"\",\"\"\"\"\n"), ElementsAre(Record{"", "\""}));
  EXPECT_THAT(read("\"a\nb\",\"c\r\nd\"\r\n"), ElementsAre(Record{"a\nb", "c\r\nd"}));
  EXPECT_THAT(read("\"\""), ElementsAre(Record{""}));
}

TEST(CsvReader, SkipsAByteOrderMarkAtTheBeginningOnly) {
  EXPECT_THAT(read("\xEF\xBB\xBF\"a\",b\n"), ElementsAre(Record{"a", "b"}));
  EXPECT_THAT(read("a\n\xEF\xBB\xBF"), ElementsAre(Record{"a"}, Record{"\xEF\xBB\xBF"}));
  EXPECT_THAT(read("\xEF\xBC\x81"), ElementsAre(Record{"\xEF\xBC\x81"}));
  EXPECT_THAT(read("\xEF\xBB\xBF"), IsEmpty());
}

TEST(CsvReader, SkipsEmptyLines) {
  EXPECT_THAT(read("\n\r\na\n\n\nb\n\n"), ElementsAre(Record{"a"}, Record{"b"}));
}

TEST(CsvReader, CountsLines) {
  CsvReader reader(pieces("a\n\n\"b\n\nb\",c\r\nd", 2));
  std::vector<std::uint64_t> lines;
  while (reader.next()) lines.push_back(reader.line());
  EXPECT_THAT(lines, ElementsAre(1, 3, 6));
}

TEST(CsvReader, RefusesBrokenQuoting) {
  EXPECT_EQ(fault("a\nb,\"c\nd\n"), "2: has a quoted field whose closing quote is missing");
  EXPECT_EQ(fault("a\n\""), "2: has a quoted field whose closing quote is missing");
  EXPECT_EQ(fault("a\"b\n"),
            "1: has a quote in a field that doesn't begin with one: quote the whole field and "
            "double the quotes in it");
  EXPECT_EQ(fault("x\n\"a\"b\n"),
            "2: has text behind a field's closing quote: double the quotes in the field");
}

TEST(CsvReader, RefusesACarriageReturnAlone) {
  EXPECT_EQ(fault("a\rb\n"),
            "1: has a carriage return without a line feed: end lines in LF or CRLF");
}

TEST(CsvReader, HoldsFieldsToTheirLimits) {
  const std::string longest(kCsvFieldBytesMax, 'x');
  EXPECT_THAT(read_in_pieces(longest + ",\"" + longest + "\"", 1000),
              ElementsAre(Record{longest, longest}));
  EXPECT_EQ(fault("a\n" + longest + "x"), "2: has a field of more than 65536 bytes");
  EXPECT_EQ(fault("a\n\"" + longest + "x\""),
            "2: has a quoted field of more than 65536 bytes: is its closing quote missing?");
  EXPECT_EQ(read(std::string(kCsvFieldsMax - 1, ',')).at(0).size(), kCsvFieldsMax);
  EXPECT_EQ(fault(std::string(kCsvFieldsMax, ',')), "1: has more than 256 fields");
}

TEST(CsvReader, PassesThroughWhatItsSourceThrows) {
  CsvReader reader([first = true](char* to, std::size_t) mutable -> std::size_t {
    if (!first) throw std::domain_error("disk on fire");
    first = false;
    std::copy_n("abc,", 4, to);
    return 4;
  });
  EXPECT_THROW(reader.next(), std::domain_error);
}

}  // namespace
}  // namespace doorbuster::orders
