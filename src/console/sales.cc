#include "console/sales.h"

#include <boost/json/array.hpp>
#include <limits>
#include <vector>

#include "shop/answers.h"

namespace doorbuster::console {
namespace {

namespace json = boost::json;
using functions::Trend;

constexpr std::int64_t kProductsShown = 1'000;
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
          {"products", to_json(books.top_products(kProductsShown))}};
}

std::string sales_csv(functions::SalesDatabase& books, std::string_view by) {
  if (by == "hour") return to_csv(by, books.by_hour());
  if (by == "day") return to_csv(by, books.by_day());
  if (by == "country") return to_csv(by, books.by_country());
  if (by == "product") return to_csv(books.top_products(std::numeric_limits<std::int64_t>::max()));
  throw shop::problem(400, "Sales can be had by hour, day, country or product.");
}

}  // namespace doorbuster::console
