// What this room's tests share.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "functions/database.h"

namespace doorbuster::functions {

// A directory of its own for a test, gone afterwards.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "functions_test.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    path_ = name;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

inline orders::Money money(const std::string& text) {
  return orders::Money::parse(text).value();
}

inline cloud::Time at(std::int64_t seconds) {
  return cloud::Time(std::chrono::seconds(seconds));
}

// A sale, or with a number like "C1" a cancellation, of 2010-12-01 08:26.
inline ReceivedInvoice received(const std::string& number, std::vector<orders::Line> lines,
                                const std::string& etag = "e1") {
  using namespace std::chrono;
  ReceivedInvoice result;
  result.invoice.number = number;
  result.invoice.kind = number.starts_with("C") ? orders::Kind::cancellation : orders::Kind::sale;
  result.invoice.country = "United Kingdom";
  result.invoice.date = sys_days(2010y / December / 1) + 8h + 26min;
  result.invoice.lines = std::move(lines);
  result.object = {"invoices", number + ".json", etag};
  result.event_time = at(1'300'000'000);
  return result;
}

}  // namespace doorbuster::functions
