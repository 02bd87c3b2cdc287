#include "orders/invoice_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace doorbuster::orders {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* kHeader =
    "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

std::string gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

class InvoiceFileTest : public testing::Test {
 protected:
  InvoiceFileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "invoice_file_XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    path_ = directory_ / "in.csv";
  }
  ~InvoiceFileTest() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  std::vector<Invoice> read_all(const std::string& bytes) const {
    write(bytes);
    InvoiceFile file(path_);
    std::vector<Invoice> invoices;
    while (auto invoice = file.next()) invoices.push_back(std::move(*invoice));
    EXPECT_EQ(invoices.size(), file.invoice_count());
    EXPECT_FALSE(file.next());
    return invoices;
  }

  // The error that opening the file ends in, without its path.
  std::string error() const {
    try {
      InvoiceFile file(path_);
    } catch (const InvoiceFileError& e) {
      const std::string what = e.what();
      const std::string name = '"' + path_.string() + '"';
      EXPECT_THAT(what, StartsWith(name));
      return what.substr(std::min(what.size(), name.size()));
    }
    return "none";
  }
  std::string error_of(const std::string& bytes) const {
    write(bytes);
    return error();
  }
  // Of a file with a good row and then this one.
  std::string error_of_row(const std::string& row) const {
    return error_of(kHeader + std::string("1,A,a,1,2010-12-01 08:26:00,1,,\n") + row + "\n");
  }

  std::filesystem::path directory_;
  std::filesystem::path path_;
};

TEST_F(InvoiceFileTest, ReadsEveryColumn) {
  const auto invoices =
      read_all(kHeader + std::string("536365,85123A,\"HEART, \"\"WHITE\"\"\",6,2010-12-01 "
                                     "08:26:00,2.55,17850.0,United Kingdom\n"));
  ASSERT_EQ(invoices.size(), 1u);
  Invoice expected;
  expected.number = "536365";
  expected.customer = "17850";
  expected.country = "United Kingdom";
  expected.date = std::chrono::sys_days(2010y / 12 / 1) + 8h + 26min;
  expected.lines = {{"85123A", "HEART, \"WHITE\"", 6, Money::parse("2.55").value()}};
  EXPECT_EQ(invoices[0], expected);
}

TEST_F(InvoiceFileTest, FindsColumnsInAnyOrderAndIgnoresOthers) {
  const auto invoices = read_all(
      "\xEF\xBB\xBF"
      "Country,Extra,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,"
      "StockCode,InvoiceNo\r\nEIRE,?,c-1.0,0,2010-12-01T08:26:00,3,d,s,7\r\n");
  ASSERT_EQ(invoices.size(), 1u);
  EXPECT_EQ(invoices[0].number, "7");
  EXPECT_EQ(invoices[0].customer, "c-1.0");
  EXPECT_EQ(invoices[0].country, "EIRE");
  EXPECT_EQ(invoices[0].lines, (std::vector<Line>{{"s", "d", 3, Money()}}));
}

TEST_F(InvoiceFileTest, TellsKindsByTheNumberAndGuestsByTheirAbsence) {
  const auto invoices = read_all(kHeader + std::string("1,A,a,1,2010-12-01 08:26:00,1,12.0,\n"
                                                       "C2,A,a,-1,2010-12-01 08:26:00,1,,\n"
                                                       "A3,A,a,1,2010-12-01 08:26:00,-1.5,12,\n"));
  ASSERT_EQ(invoices.size(), 3u);
  EXPECT_EQ(invoices[0].kind, Kind::sale);
  EXPECT_EQ(invoices[0].customer, "12");
  EXPECT_EQ(invoices[1].kind, Kind::cancellation);
  EXPECT_EQ(invoices[1].customer, std::nullopt);
  EXPECT_EQ(invoices[2].kind, Kind::adjustment);
  EXPECT_EQ(invoices[2].customer, "12");
}

TEST_F(InvoiceFileTest, GathersRowsThatAreNotAdjacentAndKeepsTheFirstTimestamp) {
  const auto invoices = read_all(kHeader + std::string("1,A,a,1,2010-12-01 08:26:00,1,,\n"
                                                       "2,B,b,2,2010-12-01 08:27:00,1,,\n"
                                                       "1,C,c,3,2010-12-01 08:28:00,1,,\n"
                                                       "3,D,d,4,2010-12-01 08:29:00,1,,\n"));
  ASSERT_EQ(invoices.size(), 3u);
  EXPECT_EQ(invoices[0].number, "2");
  EXPECT_EQ(invoices[1].number, "1");
  EXPECT_EQ(invoices[2].number, "3");
  EXPECT_EQ(invoices[1].date, std::chrono::sys_days(2010y / 12 / 1) + 8h + 26min);
  ASSERT_EQ(invoices[1].lines.size(), 2u);
  EXPECT_EQ(invoices[1].lines[0].stock_code, "A");
  EXPECT_EQ(invoices[1].lines[1].stock_code, "C");
}

TEST_F(InvoiceFileTest, KnowsItsCountsBeforeTheFirstInvoice) {
  write(kHeader + std::string("1,A,a,1,2010-12-01 08:26:00,1,,\n1,A,a,1,2010-12-01 08:26:00,1,,\n"
                              "2,A,a,1,2010-12-01 08:26:00,1,,\n"));
  const InvoiceFile file(path_);
  EXPECT_EQ(file.invoice_count(), 2u);
  EXPECT_EQ(file.row_count(), 3u);
}

TEST_F(InvoiceFileTest, TakesAHeaderWithoutRows) {
  EXPECT_TRUE(read_all(kHeader).empty());
}

TEST_F(InvoiceFileTest, KeepsNoMoreLinesThanAreNeededToRefuseAnInvoice) {
  std::string text = kHeader;
  for (std::size_t i = 0; i < kLinesMax + 5; ++i) text += "1,A,a,1,2010-12-01 08:26:00,1,,\n";
  const auto invoices = read_all(text);
  ASSERT_EQ(invoices.size(), 1u);
  EXPECT_THAT(validate(invoices[0]), ElementsAre("has more than 100000 lines"));
}

TEST_F(InvoiceFileTest, ReadsGzipOfOneMemberAndOfSeveral) {
  const std::string row = "1,A,a,1,2010-12-01 08:26:00,1,,\n";
  EXPECT_EQ(read_all(gzip(kHeader + row)).size(), 1u);
  const auto invoices = read_all(gzip(kHeader) + gzip("") + gzip(row) + gzip(row));
  ASSERT_EQ(invoices.size(), 1u);
  EXPECT_EQ(invoices[0].lines.size(), 2u);
}

TEST_F(InvoiceFileTest, RefusesEveryBeginningOfAGzipFile) {
  const std::string whole = gzip(kHeader + std::string("1,A,a,1,2010-12-01 08:26:00,1,,\n"));
  for (std::size_t size = 2; size < whole.size(); ++size) {
    EXPECT_EQ(error_of(whole.substr(0, size)),
              " is cut off in its compressed data: get a complete copy")
        << size;
  }
  EXPECT_EQ(error_of(whole), "none");
}

TEST_F(InvoiceFileTest, RefusesBrokenGzip) {
  std::string bytes = gzip(kHeader + std::string("1,A,a,1,2010-12-01 08:26:00,1,,\n"));
  EXPECT_EQ(error_of(bytes + "garbage"),
            " is broken in its compressed data (incorrect header check): get an intact copy");
  bytes[bytes.size() - 8] = static_cast<char>(bytes[bytes.size() - 8] ^ 1);
  EXPECT_EQ(error_of(bytes),
            " is broken in its compressed data (incorrect data check): get an intact copy");
}

TEST_F(InvoiceFileTest, RefusesWhatIsNoReadableFile) {
  EXPECT_EQ(error(), " does not exist: check the path");
  std::filesystem::create_directory(path_);
  EXPECT_EQ(error(), " is a directory: give a file");
  std::filesystem::remove(path_);
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_EQ(error(), " is not a regular file, it can't be read twice: copy it to a file first");
}

TEST_F(InvoiceFileTest, RefusesAFileItMayNotRead) {
  write(kHeader);
  std::filesystem::permissions(path_, std::filesystem::perms::none);
  if (access(path_.c_str(), R_OK) == 0) GTEST_SKIP() << "this user may read everything";
  EXPECT_EQ(error(), " may not be read: check its permissions");
}

TEST_F(InvoiceFileTest, RefusesEmptyFiles) {
  const std::string expected = " is empty: give a file whose first line names its columns";
  EXPECT_EQ(error_of(""), expected);
  EXPECT_EQ(error_of("\n\n"), expected);
  EXPECT_EQ(error_of("\xEF\xBB\xBF"), expected);
  EXPECT_EQ(error_of(gzip("")), expected);
}

TEST_F(InvoiceFileTest, NamesMissingColumns) {
  EXPECT_EQ(error_of("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,CustomerID,Country\n"),
            ", line 1 lacks the column UnitPrice: the first line must name all columns, separated "
            "by commas. Correct the file and try again.");
  EXPECT_EQ(error_of("1,A,a,1,2010-12-01 08:26:00,CustomerID,Country\n"),
            ", line 1 lacks the columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, "
            "UnitPrice: the first line must name all columns, separated by commas. Correct the "
            "file and try again.");
  EXPECT_THAT(error_of("Country," + std::string(kHeader)),
              StartsWith(", line 1 names the column Country twice."));
}

TEST_F(InvoiceFileTest, RefusesRowsThatAreCutOff) {
  EXPECT_EQ(error_of_row("1,A,a,1,2010-12-01 08"),
            ", line 3 has 5 fields where the header has 8: the row may be cut off. Correct the "
            "file and try again.");
  EXPECT_THAT(error_of_row("1,A,a,1,2010-12-01 08:26:00,1,,,"),
              StartsWith(", line 3 has 9 fields where the header has 8"));
  EXPECT_EQ(error_of_row("1,A,\"a,1,2010-12-01 08:26:00,1,,"),
            ", line 3 has a quoted field whose closing quote is missing. Correct the file and try "
            "again.");
}

TEST_F(InvoiceFileTest, RefusesFieldsThatCannotBeRead) {
  EXPECT_THAT(error_of_row(",A,a,1,2010-12-01 08:26:00,1,,"),
              StartsWith(", line 3 has no InvoiceNo."));
  EXPECT_THAT(error_of_row("1,A,caf\xE9,1,2010-12-01 08:26:00,1,,"),
              StartsWith(", line 3 is not UTF-8 in its field 3: save the file in UTF-8."));
  EXPECT_THAT(error_of_row("1,A,a,9223372036854775808,2010-12-01 08:26:00,1,,"),
              StartsWith(", line 3 has the Quantity \"9223372036854775808\", which is too large."));
  for (const std::string quantity : {"", "1.5", "x", " 1", "+1", "1e3", "99999999999999999999x"}) {
    EXPECT_THAT(
        error_of_row("1,A,a," + quantity + ",2010-12-01 08:26:00,1,,"),
        StartsWith(", line 3 has the Quantity \"" + quantity + "\", which is not a whole number."));
  }
  for (const std::string price : {"", "1.23456", "x", "1e3", "922337203685478"}) {
    EXPECT_THAT(error_of_row("1,A,a,1,2010-12-01 08:26:00," + price + ",,"),
                StartsWith(", line 3 has the UnitPrice \"" + price +
                           "\", which is not an amount with at most 4 decimals such as 2.55."));
  }
  for (const std::string date : {"", "2010-02-30 08:26:00", "12/1/2010 8:26"}) {
    EXPECT_THAT(error_of_row("1,A,a,1," + date + ",1,,"),
                StartsWith(", line 3 has the InvoiceDate \"" + date +
                           "\", which is not a date such as 2010-12-01 08:26:00."));
  }
}

TEST_F(InvoiceFileTest, CountsLinesNotRecords) {
  EXPECT_THAT(error_of_row("1,A,\"a\nb\",1,2010-12-01 08:26:00,1,,\n1"),
              StartsWith(", line 5 has 1 field where the header has 8"));
}

TEST_F(InvoiceFileTest, NoticesAFileThatChangesAfterTheCheck) {
  // More than what is read ahead, or the change would come too late to matter.
  const std::string row = "1,A,a,1,2010-12-01 08:26:00,1,,\n";
  std::string rows;
  for (int i = 0; i < 10'000; ++i) rows += row;
  const std::string shorter = rows.substr(row.size());
  const std::string another = shorter + "2" + row.substr(1);
  const std::string longer = rows + row;
  for (const std::string& after : {shorter, another, longer}) {
    write(kHeader + rows);
    InvoiceFile file(path_);
    write(kHeader + after);
    std::string what;
    try {
      while (file.next()) {
      }
    } catch (const InvoiceFileError& e) {
      what = e.what();
    }
    EXPECT_THAT(what, HasSubstr("has been changed while it was read"));
  }
}

TEST_F(InvoiceFileTest, ReadsTheSameFileEvenIfAnotherTakesItsName) {
  write(kHeader + std::string("1,A,a,1,2010-12-01 08:26:00,1,,\n"));
  InvoiceFile file(path_);
  std::filesystem::remove(path_);
  write("something else");
  EXPECT_EQ(file.next().value().number, "1");
  EXPECT_FALSE(file.next());
}

// The figures are those that the data's own description gives.
TEST(OnlineRetail, AddsUpToWhatIsKnownOfIt) {
  const std::filesystem::path path = std::filesystem::path(DOORBUSTER_SOURCE_DIR) / ".." /
                                     "shared" / "data" / "online-retail-2010-12-to-2011-09.csv.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "the data set is not here";

  InvoiceFile file(path);
  EXPECT_EQ(file.row_count(), 370'931u);
  EXPECT_EQ(file.invoice_count(), 18'786u);

  struct Sum {
    int invoices = 0;
    std::int64_t units = 0;
    Money amount;
  } sales, cancellations;
  int rejected = 0;
  while (const auto invoice = file.next()) {
    if (!validate(*invoice).empty()) {
      ++rejected;
      continue;
    }
    Sum& sum = invoice->kind == Kind::sale ? sales : cancellations;
    ++sum.invoices;
    sum.units += invoice->units();
    sum.amount += invoice->amount();
  }
  EXPECT_EQ(rejected, 1'026);
  EXPECT_EQ(sales.invoices, 14'873);
  EXPECT_EQ(sales.units, 3'945'583);
  EXPECT_EQ(sales.amount.str(), "7352354.174");
  EXPECT_EQ(cancellations.invoices, 2'887);
  EXPECT_EQ(cancellations.amount.str(), "-559673.11");
}

}  // namespace
}  // namespace doorbuster::orders
