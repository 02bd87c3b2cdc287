#include "console/sales.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

#include "shop/answers.h"

namespace doorbuster::console {
namespace {

namespace json = boost::json;
using functions::Trend;

constexpr std::int64_t kProductsSeen = 1'000;  // those with the most revenue
constexpr std::size_t kProductsShown = 12;     // by either measure
constexpr std::string_view kLineEnd = "\r\n";

json::object to_json(const Trend& trend) {
  return {{"bucket", trend.bucket},
          {"sales", to_json(trend.sales)},
          {"refunds", to_json(trend.refunds)}};
}

json::array to_json(const std::vector<Trend>& trends) {
  json::array rows;
  rows.reserve(trends.size());
  for (const Trend& trend : trends) rows.push_back(to_json(trend));
  return rows;
}

json::array to_json(const std::vector<functions::ProductTrend>& products) {
  json::array rows;
  rows.reserve(products.size());
  for (const auto& product : products) {
    json::object row = to_json(static_cast<const Trend&>(product));
    row["description"] = product.description;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::ptrdiff_t shown_of(const std::vector<functions::ProductTrend>& products) {
  return static_cast<std::ptrdiff_t>(std::min(products.size(), kProductsShown));
}

// Those that brought the most, and those of which the most were sold; as they come, by revenue.
std::vector<functions::ProductTrend> best_of(const std::vector<functions::ProductTrend>& products) {
  std::vector<std::size_t> by_units(products.size());
  std::iota(by_units.begin(), by_units.end(), std::size_t{0});
  std::set<std::size_t> shown(by_units.begin(), by_units.begin() + shown_of(products));
  std::stable_sort(by_units.begin(), by_units.end(), [&products](std::size_t a, std::size_t b) {
    return products[a].sales.units > products[b].sales.units;
  });
  shown.insert(by_units.begin(), by_units.begin() + shown_of(products));
  std::vector<functions::ProductTrend> best;
  for (const auto place : shown) best.push_back(products[place]);
  return best;
}

std::string cell(std::string_view text) {
  constexpr std::string_view kFormulas = "=+-@\t\r";
  std::string quoted = "\"";
  if (!text.empty() && kFormulas.find(text.front()) != std::string_view::npos) quoted += '\'';
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted += '"';
}

std::string numbers(const functions::SalesSum& sum) {
  return ',' + std::to_string(sum.invoices) + ',' + std::to_string(sum.units) + ',' +
         sum.amount.str();
}

std::string numbers(const Trend& trend) {
  return (numbers(trend.sales) + numbers(trend.refunds)).append(kLineEnd);
}

std::string head(std::string_view names) {
  return std::string(names)
      .append(",sales_invoices,sales_units,sales_amount,refund_invoices,refund_units,refund_amount")
      .append(kLineEnd);
}

std::string to_csv(std::string_view name, const std::vector<Trend>& trends) {
  std::string text = head(name);
  for (const Trend& trend : trends) text += cell(trend.bucket) + numbers(trend);
  return text;
}

std::string to_csv(const std::vector<functions::ProductTrend>& products) {
  std::string text = head("product,description");
  for (const auto& product : products) {
    text += cell(product.bucket) + ',' + cell(product.description) + numbers(product);
  }
  return text;
}

}  // namespace

json::object sales(functions::SalesDatabase& books) {
  return {{"totals", to_json(books.totals())},
          {"by_hour", to_json(books.by_hour())},
          {"by_day", to_json(books.by_day())},
          {"by_country", to_json(books.by_country())},
          {"products", to_json(best_of(books.top_products(kProductsSeen)))}};
}

std::string sales_csv(functions::SalesDatabase& books, std::string_view by) {
  if (by == "hour") return to_csv(by, books.by_hour());
  if (by == "day") return to_csv(by, books.by_day());
  if (by == "country") return to_csv(by, books.by_country());
  if (by == "product") return to_csv(books.top_products(std::numeric_limits<std::int64_t>::max()));
  throw shop::problem(400, "Sales can be had by hour, day, country or product.");
}

}  // namespace doorbuster::console
