// Holds docs/invoice.md to its word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "orders/invoice_file.h"
#include "orders/invoice_json.h"

namespace doorbuster::orders {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The document's fenced blocks with that word behind the opening fence.
std::vector<std::string> blocks(const std::string& language) {
  std::ifstream file(std::filesystem::path(DOORBUSTER_SOURCE_DIR) / "docs" / "invoice.md");
  EXPECT_TRUE(file) << "docs/invoice.md is missing";
  std::vector<std::string> found;
  bool inside = false;
  bool wanted = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      wanted = inside && line.substr(3) == language;
      if (wanted) found.emplace_back();
    } else if (wanted) {
      found.back() += line + "\n";
    }
  }
  return found;
}

TEST(InvoiceDoc, ShowsInvoicesThatAreTaken) {
  std::vector<std::string> numbers;
  std::vector<std::string> amounts;
  for (const std::string& text : blocks("json")) {
    const Parsed parsed = parse_invoice(text);
    ASSERT_THAT(parsed.reasons, IsEmpty());
    numbers.push_back(parsed.invoice->number);
    amounts.push_back(parsed.invoice->amount().str());
  }
  EXPECT_THAT(numbers, ElementsAre("536365", "C536379", "1007"));
  EXPECT_THAT(amounts, ElementsAre("35.64", "-27.50", "800.00"));
}

TEST(InvoiceDoc, ShowsTheReasonsAgainstAnInvoice) {
  const auto rejected = blocks("json rejected");
  ASSERT_EQ(rejected.size(), 1u);
  std::string reasons;
  for (const std::string& reason : parse_invoice(rejected[0]).reasons) reasons += reason + "\n";
  EXPECT_THAT(blocks("text"), ElementsAre(reasons));
}

TEST(InvoiceDoc, ShowsACsvFileThatIsTaken) {
  const auto files = blocks("csv");
  ASSERT_EQ(files.size(), 1u);
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("invoice_doc_" + std::to_string(getpid()) + ".csv");
  std::ofstream(path) << files[0];
  InvoiceFile file(path);
  std::filesystem::remove(path);

  std::vector<std::string> numbers;
  std::vector<std::string> amounts;
  while (const auto invoice = file.next()) {
    EXPECT_THAT(validate(*invoice), IsEmpty());
    numbers.push_back(invoice->number);
    amounts.push_back(invoice->amount().str());
  }
  EXPECT_THAT(numbers, ElementsAre("536365", "C536379", "536544"));
  EXPECT_THAT(amounts, ElementsAre("35.64", "-27.50", "2.51"));
}

}  // namespace
}  // namespace doorbuster::orders
