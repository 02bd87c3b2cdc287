#include "cli/report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>
#include <limits>
#include <map>

#include "cli/books.h"
#include "cli/terminal.h"

namespace doorbuster::cli {
namespace {

using functions::SalesSum;
using functions::Trend;

constexpr std::size_t kDays = 14;  // the overview's chart
constexpr std::size_t kTop = 8;    // the overview's countries and products
constexpr int kBarWidth = 30;      // columns
constexpr std::size_t kHourDigits = 2;

std::string amount(const SalesSum& sum) {
  return grouped(std::string_view(sum.amount.str()));
}

double share(const Trend& trend, orders::Money largest) {
  const auto whole = static_cast<double>(largest.ten_thousandths());
  return whole > 0 ? static_cast<double>(trend.sales.amount.ten_thousandths()) / whole : 0;
}

orders::Money largest_sales(const std::vector<Trend>& trends) {
  orders::Money largest;
  for (const auto& trend : trends) largest = std::max(largest, trend.sales.amount);
  return largest;
}

std::string table_of(const char* heading, const std::vector<Trend>& trends) {
  Table table({heading, ">invoices", ">units", ">sales", ">refunds", ""});
  const auto largest = largest_sales(trends);
  for (const auto& trend : trends) {
    table.row({trend.bucket.empty() ? "(none)" : trend.bucket, grouped(trend.sales.invoices),
               grouped(trend.sales.units), amount(trend.sales), amount(trend.refunds),
               bar(share(trend, largest), kBarWidth)});
  }
  return table.str();
}

void sort_by_sales(std::vector<Trend>& trends) {
  std::stable_sort(trends.begin(), trends.end(),
                   [](const Trend& a, const Trend& b) { return a.sales.amount > b.sales.amount; });
}

// The 24 hours of the day, over all days.
std::vector<Trend> daily_curve(const std::vector<Trend>& hours) {
  std::map<std::string, Trend> curve;
  for (const auto& hour : hours) {
    const std::string name = hour.bucket.substr(hour.bucket.find('T') + 1, kHourDigits) + ":00";
    Trend& sum = curve[name];
    sum.bucket = name;
    const auto add = [](SalesSum& to, const SalesSum& from) {
      to.invoices += from.invoices;
      to.units += from.units;
      to.amount += from.amount;
    };
    add(sum.sales, hour.sales);
    add(sum.refunds, hour.refunds);
  }
  std::vector<Trend> rows;
  rows.reserve(curve.size());
  for (auto& [name, trend] : curve) rows.push_back(std::move(trend));
  return rows;
}

std::vector<Trend> products(functions::SalesDatabase& sales, std::int64_t count) {
  std::vector<Trend> rows;
  for (auto& product : sales.top_products(count)) {
    Trend row = product;
    if (row.bucket != product.description) row.bucket += "  " + product.description;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string overview(functions::SalesDatabase& sales) {
  std::string text = totals_text(sales);
  auto days = sales.by_day();
  if (days.empty()) return text;
  const std::size_t all_days = days.size();
  if (days.size() > kDays) days.erase(days.begin(), days.end() - kDays);
  const std::string which = all_days > kDays ? "The last " + std::to_string(kDays) + " of " +
                                                   std::to_string(all_days) + " days"
                                             : "Days";
  text += '\n' + which + '\n' + table_of("day", days);
  text += "\nThe hours of the day\n" + table_of("hour", daily_curve(sales.by_hour()));
  auto countries = sales.by_country();
  sort_by_sales(countries);
  countries.resize(std::min(countries.size(), kTop));
  text += "\nTop countries\n" + table_of("country", countries);
  text += "\nTop products\n" + table_of("product", products(sales, kTop));
  return text + "\n  doorbuster report --by hour|day|country|product shows each in full.\n";
}

std::string full(functions::SalesDatabase& sales, const std::string& by) {
  if (by == "hour") return table_of("hour", sales.by_hour());
  if (by == "day") return table_of("day", sales.by_day());
  if (by == "product") {
    return table_of("product", products(sales, std::numeric_limits<std::int64_t>::max()));
  }
  auto countries = sales.by_country();
  sort_by_sales(countries);
  return table_of("country", countries);
}

boost::json::array to_json(const std::vector<Trend>& trends, const char* name) {
  boost::json::array rows;
  for (const auto& trend : trends) {
    rows.push_back({{name, trend.bucket},
                    {"sales", to_json(trend.sales)},
                    {"refunds", to_json(trend.refunds)}});
  }
  return rows;
}

boost::json::object to_json(const functions::PaymentTotals& payments) {
  return {{"taken", payments.taken},
          {"declined", payments.declined},
          {"amount", payments.amount.str()}};
}

boost::json::object to_json(functions::SalesDatabase& sales, const std::string& by) {
  const Trend totals = sales.totals();
  boost::json::object json{{"sales", to_json(totals.sales)}, {"refunds", to_json(totals.refunds)}};
  if (by == "hour") json["hours"] = to_json(sales.by_hour(), "hour");
  if (by == "day") json["days"] = to_json(sales.by_day(), "day");
  if (by == "country") json["countries"] = to_json(sales.by_country(), "country");
  if (by == "product") {
    boost::json::array rows;
    for (const auto& product : sales.top_products(std::numeric_limits<std::int64_t>::max())) {
      rows.push_back({{"stock_code", product.bucket},
                      {"description", product.description},
                      {"sales", to_json(product.sales)},
                      {"refunds", to_json(product.refunds)}});
    }
    json["products"] = std::move(rows);
  }
  return json;
}

// What was paid, if anything ever was.
std::string payments_text(const functions::PaymentTotals& totals) {
  if (totals == functions::PaymentTotals()) return {};
  Table table({"", ">payments", ">amount"});
  table.row({"taken", grouped(totals.taken), grouped(std::string_view(totals.amount.str()))});
  table.row({"declined", grouped(totals.declined), ""});
  return "\nPayments\n" + table.str();
}

std::string text_of(functions::SalesDatabase& sales, const functions::PaymentTotals& payments,
                    const ReportOptions& options) {
  if (options.json) {
    auto json = to_json(sales, options.by);
    json["payments"] = to_json(payments);
    return boost::json::serialize(json) + '\n';
  }
  return options.by.empty() ? overview(sales) + payments_text(payments) : full(sales, options.by);
}

}  // namespace

std::string totals_text(functions::SalesDatabase& sales) {
  const Trend totals = sales.totals();
  Table table({"", ">invoices", ">units", ">amount"});
  table.row(
      {"sales", grouped(totals.sales.invoices), grouped(totals.sales.units), amount(totals.sales)});
  table.row({"refunds", grouped(totals.refunds.invoices), grouped(totals.refunds.units),
             amount(totals.refunds)});
  return table.str();
}

// Where the cloud is somewhere else, the books are all that is needed of it; the payments may be
// kept by somebody else.
int report(const ReportOptions& options) {
  if (in_the_cloud()) {
    Books books(options.place.data);
    auto& sales = books.sales();
    const auto payments =
        books.has_payments() ? books.payments().totals() : functions::PaymentTotals();
    std::cout << text_of(sales, payments, options);
  } else {
    const auto system = open_system(options.place);
    std::cout << text_of(system->sales(), system->payments().totals(), options);
  }
  return 0;
}

}  // namespace doorbuster::cli
