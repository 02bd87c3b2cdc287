#include "functions/sales_database.h"

#include <algorithm>

#include "functions/sql.h"
#include "orders/timestamp.h"

namespace doorbuster::functions {
namespace {

// A fact carries what an analyst groups by, so that no query needs a join. There is no index beside
// the key: every report is answered from the trends, and one on stock_code would cost a random page
// a line.
constexpr const char* kCreateFacts = R"(
CREATE TABLE facts (
  invoice TEXT NOT NULL,
  line_no BIGINT NOT NULL,
  kind TEXT NOT NULL,
  stock_code TEXT NOT NULL,
  country TEXT NOT NULL,
  customer TEXT NOT NULL,
  hour TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  unit_price BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (invoice, line_no)
))";

constexpr const char* kCreateTrends = R"(
CREATE TABLE trends (
  dimension TEXT NOT NULL,
  bucket TEXT NOT NULL,
  kind TEXT NOT NULL,
  invoices BIGINT NOT NULL,
  units BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (dimension, bucket, kind)
))";

constexpr const char* kCreateProducts = R"(
CREATE TABLE products (
  stock_code TEXT PRIMARY KEY,
  description TEXT NOT NULL,
  described_at_s BIGINT NOT NULL
))";

// By SalesDatabase::Dimension, as in the database.
constexpr const char* kDimensionNames[] = {"all", "hour", "day", "country", "product"};

constexpr const char* kBucketOfAll = "all";

// "2010-12-01T08:00".
std::string hour_of(std::chrono::sys_seconds time) {
  constexpr std::size_t kToMinutes = 16;  // of "2010-12-01T08:00:00"
  return orders::format_timestamp(std::chrono::floor<std::chrono::hours>(time))
      .substr(0, kToMinutes);
}

std::string day_of(const std::string& hour) {
  return hour.substr(0, hour.find('T'));
}

auto& side(auto& sums, orders::Kind kind) {
  return kind == orders::Kind::sale ? sums.sales : sums.refunds;
}

template <class Map>
auto sorted(const Map& map) {
  std::vector<const typename Map::value_type*> entries;
  entries.reserve(map.size());
  for (const auto& entry : map) entries.push_back(&entry);
  // In the order of the table: neighbours share a page, and a run is the same every time.
  std::ranges::sort(
      entries, {}, [](const auto* entry) -> const auto& { return entry->first; });
  return entries;
}

}  // namespace

boost::json::object to_json(const SalesSum& sum) {
  return {{"invoices", sum.invoices}, {"units", sum.units}, {"amount", sum.amount.str()}};
}

struct SalesDatabase::Statements {
  explicit Statements(soci::session& sql)
      : insert_fact(
            (sql.prepare << "INSERT INTO facts (invoice, line_no, kind, stock_code, country, "
                            "customer, hour, quantity, unit_price, amount) "
                            "VALUES (:i, :n, :k, :c, :y, :u, :h, :q, :p, :a)",
             soci::use(invoice), soci::use(line_no), soci::use(kind), soci::use(stock_code),
             soci::use(country), soci::use(customer), soci::use(hour), soci::use(quantity),
             soci::use(unit_price), soci::use(amount))),
        add_trend((sql.prepare << "INSERT INTO trends (dimension, bucket, kind, invoices, units, "
                                  "amount) VALUES (:d, :b, :k, :i, :u, :a) "
                                  "ON CONFLICT (dimension, bucket, kind) DO UPDATE SET "
                                  "invoices = trends.invoices + excluded.invoices, "
                                  "units = trends.units + excluded.units, "
                                  "amount = trends.amount + excluded.amount",
                   soci::use(dimension), soci::use(bucket), soci::use(kind), soci::use(invoices),
                   soci::use(units), soci::use(amount))),
        describe((sql.prepare << "INSERT INTO products (stock_code, description, described_at_s) "
                                 "VALUES (:c, :t, :s) ON CONFLICT (stock_code) DO UPDATE SET "
                                 "description = excluded.description, "
                                 "described_at_s = excluded.described_at_s "
                                 "WHERE excluded.described_at_s >= products.described_at_s",
                  soci::use(stock_code), soci::use(description), soci::use(described_at_s))) {}

  std::string invoice, kind, stock_code, country, customer, hour;
  std::string dimension, bucket, description;
  std::int64_t line_no = 0, quantity = 0, unit_price = 0, amount = 0;
  std::int64_t invoices = 0, units = 0, described_at_s = 0;
  soci::statement insert_fact;
  soci::statement add_trend;
  soci::statement describe;
};

SalesDatabase::SalesDatabase(const DatabaseOptions& options)
    : InvoiceDatabase(options, {.name = "Doorbuster sales",
                                .version = 1,
                                .invoices_table = "invoices",
                                .create_tables = {kCreateFacts, kCreateTrends, kCreateProducts}}) {
  static_assert(std::size(kDimensionNames) == kDimensions);
  statements_ = std::make_unique<Statements>(session());
}

SalesDatabase::~SalesDatabase() = default;

void SalesDatabase::begin() {
  for (auto& additions : additions_) additions.clear();
  descriptions_.clear();
  invoice_no_ = 0;
  const std::vector<Trend> all = select_trends(kAll);
  running_ = all.empty() ? Trend{} : all.front();
}

// Throws MoneyOverflow if the totals would no longer fit; nothing has been added then. Every other
// sum is a part of these, with terms of the same sign, so it fits if they do.
void SalesDatabase::add_to_running(const orders::Invoice& invoice) {
  SalesSum& running = side(running_, invoice.kind);
  const orders::Money amount = running.amount + invoice.amount();
  std::int64_t units = 0;
  if (__builtin_add_overflow(running.units, invoice.units(), &units)) {
    throw orders::MoneyOverflow();
  }
  running.units = units;
  running.amount = amount;
}

std::optional<std::string> SalesDatabase::apply(const ReceivedInvoice& received) {
  const orders::Invoice& invoice = received.invoice;
  try {
    add_to_running(invoice);
  } catch (const orders::MoneyOverflow&) {
    return "with this invoice the total of all sales would be too large to be counted";
  }
  ++invoice_no_;
  const auto at = received.ordered_at();
  const std::string hour = hour_of(at);
  insert_facts(received, hour);
  for (const orders::Line& line : invoice.lines) {
    add(kProduct, line.stock_code, invoice.kind, line.quantity, line.amount());
    describe(line, at);
  }
  const std::int64_t units = invoice.units();
  const orders::Money amount = invoice.amount();
  add(kAll, kBucketOfAll, invoice.kind, units, amount);
  add(kHour, hour, invoice.kind, units, amount);
  add(kDay, day_of(hour), invoice.kind, units, amount);
  add(kCountry, invoice.country, invoice.kind, units, amount);
  return std::nullopt;
}

void SalesDatabase::insert_facts(const ReceivedInvoice& received, const std::string& hour) {
  const orders::Invoice& invoice = received.invoice;
  Statements& st = *statements_;
  st.invoice = invoice.number;
  st.kind = to_text(invoice.kind);
  st.country = invoice.country;
  st.customer = invoice.customer.value_or("");
  st.hour = hour;
  st.line_no = 0;
  for (const orders::Line& line : invoice.lines) {
    ++st.line_no;
    st.stock_code = line.stock_code;
    st.quantity = line.quantity;
    st.unit_price = line.unit_price.ten_thousandths();
    st.amount = line.amount().ten_thousandths();
    st.insert_fact.execute(true);
  }
}

void SalesDatabase::add(Dimension dimension, const std::string& bucket, orders::Kind kind,
                        std::int64_t units, orders::Money amount) {
  Addition& addition = additions_[dimension][bucket];
  SalesSum& sum = side(addition, kind);
  sum.units += units;
  sum.amount += amount;
  if (addition.last_invoice != invoice_no_) ++sum.invoices;
  addition.last_invoice = invoice_no_;
}

void SalesDatabase::describe(const orders::Line& line, std::chrono::sys_seconds at) {
  if (line.description.empty()) return;
  Description& latest = descriptions_[line.stock_code];
  if (!latest.text.empty() && at < latest.at) return;
  latest = {line.description, at};
}

void SalesDatabase::finish() {
  for (int dimension = kAll; dimension < kDimensions; ++dimension) {
    write_trends(static_cast<Dimension>(dimension));
  }
  write_descriptions();
}

void SalesDatabase::write_trends(Dimension dimension) {
  Statements& st = *statements_;
  st.dimension = kDimensionNames[dimension];
  for (const auto* entry : sorted(additions_[dimension])) {
    st.bucket = entry->first;
    for (const orders::Kind kind : {orders::Kind::sale, orders::Kind::cancellation}) {
      const SalesSum& sum = side(entry->second, kind);
      if (sum.invoices == 0) continue;
      st.kind = to_text(kind);
      st.invoices = sum.invoices;
      st.units = sum.units;
      st.amount = sum.amount.ten_thousandths();
      st.add_trend.execute(true);
    }
  }
}

void SalesDatabase::write_descriptions() {
  Statements& st = *statements_;
  for (const auto* entry : sorted(descriptions_)) {
    st.stock_code = entry->first;
    st.description = entry->second.text;
    st.described_at_s = entry->second.at.time_since_epoch().count();
    st.describe.execute(true);
  }
}

std::vector<Trend> SalesDatabase::select_trends(Dimension dimension) {
  std::vector<Trend> trends;
  const std::string name = kDimensionNames[dimension];
  std::string bucket, kind;
  std::int64_t amount = 0;
  SalesSum sum;
  soci::statement query =
      (session().prepare << "SELECT bucket, kind, invoices, units, amount FROM trends "
                            "WHERE dimension = :d ORDER BY bucket, kind",
       soci::into(bucket), soci::into(kind), soci::into(sum.invoices), soci::into(sum.units),
       soci::into(amount), soci::use(name));
  query.execute();
  while (query.fetch()) {
    if (trends.empty() || trends.back().bucket != bucket) trends.push_back({bucket, {}, {}});
    sum.amount = orders::Money::from_ten_thousandths(amount);
    (kind == "sale" ? trends.back().sales : trends.back().refunds) = sum;
  }
  return trends;
}

Trend SalesDatabase::totals() {
  const auto held = lock();
  const std::vector<Trend> all = select_trends(kAll);
  return all.empty() ? Trend{kBucketOfAll, {}, {}} : all.front();
}

std::vector<Trend> SalesDatabase::by_hour() {
  const auto held = lock();
  return select_trends(kHour);
}

std::vector<Trend> SalesDatabase::by_day() {
  const auto held = lock();
  return select_trends(kDay);
}

std::vector<Trend> SalesDatabase::by_country() {
  const auto held = lock();
  return select_trends(kCountry);
}

std::vector<ProductTrend> SalesDatabase::top_products(std::int64_t count) {
  const auto held = lock();
  std::vector<ProductTrend> products;
  ProductTrend product;
  std::int64_t sold = 0, refunded = 0;
  soci::statement query =
      (session().prepare
           << "SELECT t.bucket, COALESCE(p.description, ''), "
              "COALESCE(s.invoices, 0), COALESCE(s.units, 0), COALESCE(s.amount, 0), "
              "COALESCE(r.invoices, 0), COALESCE(r.units, 0), COALESCE(r.amount, 0) "
              "FROM (SELECT DISTINCT bucket FROM trends WHERE dimension = 'product') t "
              "LEFT JOIN products p ON p.stock_code = t.bucket "
              "LEFT JOIN trends s ON s.dimension = 'product' AND s.bucket = t.bucket "
              "AND s.kind = 'sale' "
              "LEFT JOIN trends r ON r.dimension = 'product' AND r.bucket = t.bucket "
              "AND r.kind = 'cancellation' "
              "ORDER BY COALESCE(s.amount, 0) DESC, t.bucket LIMIT :n",
       soci::into(product.bucket), soci::into(product.description),
       soci::into(product.sales.invoices), soci::into(product.sales.units), soci::into(sold),
       soci::into(product.refunds.invoices), soci::into(product.refunds.units),
       soci::into(refunded), soci::use(count));
  query.execute();
  while (query.fetch()) {
    product.sales.amount = orders::Money::from_ten_thousandths(sold);
    product.refunds.amount = orders::Money::from_ten_thousandths(refunded);
    products.push_back(product);
  }
  return products;
}

}  // namespace doorbuster::functions
