#include "functions/shipping_database.h"

#include <algorithm>
#include <limits>

#include "functions/sql.h"

namespace doorbuster::functions {
namespace {

// A shelf that is full to this limit stays so.
constexpr std::int64_t kUnitsMax = std::numeric_limits<std::int64_t>::max();

constexpr const char* kCreateLines = R"(
CREATE TABLE shipment_lines (
  invoice TEXT NOT NULL,
  line_no BIGINT NOT NULL,
  stock_code TEXT NOT NULL,
  quantity BIGINT NOT NULL,
  back_ordered BIGINT NOT NULL,
  PRIMARY KEY (invoice, line_no)
))";

constexpr const char* kCreateInventory = R"(
CREATE TABLE inventory (
  stock_code TEXT PRIMARY KEY,
  on_hand BIGINT NOT NULL CHECK (on_hand >= 0)
))";

// Files of before have none: what they had back-ordered is not known to be owed.
constexpr const char* kHaveBackOrders = R"(
CREATE TABLE IF NOT EXISTS back_orders (
  stock_code TEXT PRIMARY KEY,
  owed BIGINT NOT NULL CHECK (owed >= 0)
))";

// Running totals, so that a dashboard may ask often.
constexpr const char* kCreateTotals = R"(
CREATE TABLE totals (
  name TEXT PRIMARY KEY,
  n BIGINT NOT NULL
))";

}  // namespace

struct ShippingDatabase::Statements {
  explicit Statements(soci::session& sql)
      : insert_line(
            (sql.prepare << "INSERT INTO shipment_lines (invoice, line_no, stock_code, quantity, "
                            "back_ordered) VALUES (:i, :n, :c, :q, :b)",
             soci::use(invoice), soci::use(line_no), soci::use(stock_code), soci::use(quantity),
             soci::use(back_ordered))),
        select_stock((sql.prepare << "SELECT on_hand, COALESCE(owed, 0) FROM inventory LEFT JOIN "
                                     "back_orders ON back_orders.stock_code = inventory.stock_code "
                                     "WHERE inventory.stock_code = :c",
                      soci::into(on_hand), soci::into(owed), soci::use(stock_code))),
        upsert_stock((sql.prepare << "INSERT INTO inventory (stock_code, on_hand) VALUES (:c, :n) "
                                     "ON CONFLICT (stock_code) DO UPDATE SET "
                                     "on_hand = excluded.on_hand",
                      soci::use(stock_code), soci::use(on_hand))),
        upsert_owed((sql.prepare << "INSERT INTO back_orders (stock_code, owed) VALUES (:c, :n) "
                                    "ON CONFLICT (stock_code) DO UPDATE SET owed = excluded.owed",
                     soci::use(stock_code), soci::use(owed))),
        add_total((sql.prepare << "INSERT INTO totals (name, n) VALUES (:k, :n) "
                                  "ON CONFLICT (name) DO UPDATE SET n = totals.n + excluded.n",
                   soci::use(name), soci::use(n))) {}

  void add(const char* total, std::int64_t count) {
    if (count == 0) return;
    name = total;
    n = count;
    add_total.execute(true);
  }

  std::string invoice, stock_code, name;
  std::int64_t line_no = 0, quantity = 0, back_ordered = 0, on_hand = 0, owed = 0, n = 0;
  soci::statement insert_line;
  soci::statement select_stock;
  soci::statement upsert_stock;
  soci::statement upsert_owed;
  soci::statement add_total;
};

ShippingDatabase::ShippingDatabase(const ShippingOptions& options)
    : InvoiceDatabase(options.database,
                      {.name = "Doorbuster shipping",
                       .version = 1,
                       .invoices_table = "shipments",
                       .create_tables = {kCreateLines, kCreateInventory, kCreateTotals},
                       .later_tables = {kHaveBackOrders}}),
      opening_stock_(options.opening_stock) {
  if (opening_stock_ < 0) throw std::invalid_argument("the opening stock must not be below 0");
  statements_ = std::make_unique<Statements>(session());
}

ShippingDatabase::~ShippingDatabase() = default;

void ShippingDatabase::begin() {
  stock_.clear();
  added_ = {};
}

ShippingDatabase::Stock& ShippingDatabase::stock_of(const std::string& stock_code) {
  const auto [entry, is_new] = stock_.try_emplace(stock_code);
  if (is_new) {
    Statements& st = *statements_;
    st.stock_code = stock_code;
    const bool seen = select_one(st.select_stock);
    entry->second = seen ? Stock{st.on_hand, st.owed} : Stock{opening_stock_, 0};
    entry->second.on_hand_changed = !seen;
  }
  return entry->second;
}

std::int64_t ShippingDatabase::Stock::take(std::int64_t quantity) {
  const std::int64_t taken = std::min(quantity, on_hand);
  const std::int64_t missing = quantity - taken;
  set(on_hand - taken, owed + std::min(missing, kUnitsMax - owed));
  return missing;
}

void ShippingDatabase::Stock::put_back(std::int64_t quantity) {
  const std::int64_t served = std::min(quantity, owed);
  set(on_hand + std::min(quantity - served, kUnitsMax - on_hand), owed - served);
}

void ShippingDatabase::Stock::set(std::int64_t now_on_hand, std::int64_t now_owed) {
  on_hand_changed |= now_on_hand != on_hand;
  owed_changed |= now_owed != owed;
  on_hand = now_on_hand;
  owed = now_owed;
}

std::optional<std::string> ShippingDatabase::apply(const ReceivedInvoice& received) {
  Statements& st = *statements_;
  st.invoice = received.invoice.number;
  st.line_no = 0;
  for (const orders::Line& line : received.invoice.lines) {
    Stock& stock = stock_of(line.stock_code);
    ++st.line_no;
    st.stock_code = line.stock_code;
    st.quantity = line.quantity;
    st.back_ordered = 0;
    if (line.quantity > 0) {
      st.back_ordered = stock.take(line.quantity);
    } else {
      stock.put_back(-line.quantity);
    }
    st.insert_line.execute(true);
    added_.back_ordered_units += st.back_ordered;
  }
  ++(received.invoice.kind == orders::Kind::sale ? added_.shipped : added_.cancelled);
  return std::nullopt;
}

void ShippingDatabase::finish() {
  std::vector<const std::pair<const std::string, Stock>*> changed;
  for (const auto& entry : stock_) {
    if (entry.second.on_hand_changed || entry.second.owed_changed) changed.push_back(&entry);
  }
  // In the order of the table: neighbours share a page, and a run is the same every time.
  std::ranges::sort(
      changed, {}, [](const auto* entry) -> const auto& { return entry->first; });
  Statements& st = *statements_;
  for (const auto* entry : changed) {
    st.stock_code = entry->first;
    st.on_hand = entry->second.on_hand;
    st.owed = entry->second.owed;
    if (entry->second.on_hand_changed) st.upsert_stock.execute(true);
    if (entry->second.owed_changed) st.upsert_owed.execute(true);
  }
  st.add("shipped", added_.shipped);
  st.add("cancelled", added_.cancelled);
  st.add("back_ordered_units", added_.back_ordered_units);
}

ShippingTotals ShippingDatabase::totals() {
  const auto held = lock();
  const auto total = [&](const std::string& name) {
    std::int64_t n = 0;
    session() << "SELECT n FROM totals WHERE name = :k", soci::use(name), soci::into(n);
    return n;
  };
  ShippingTotals totals;
  totals.shipped = total("shipped");
  totals.cancelled = total("cancelled");
  totals.back_ordered_units = total("back_ordered_units");
  session() << "SELECT COUNT(*) FROM rejections", soci::into(totals.rejections);
  return totals;
}

std::vector<ShippedLine> ShippingDatabase::lines(const std::string& number) {
  const auto held = lock();
  std::vector<ShippedLine> lines;
  ShippedLine line;
  soci::statement query =
      (session().prepare << "SELECT stock_code, quantity, back_ordered FROM shipment_lines "
                            "WHERE invoice = :i ORDER BY line_no",
       soci::into(line.stock_code), soci::into(line.quantity), soci::into(line.back_ordered),
       soci::use(number));
  query.execute();
  while (query.fetch()) lines.push_back(line);
  return lines;
}

std::optional<std::int64_t> ShippingDatabase::stock(const std::string& stock_code) {
  const auto held = lock();
  statements_->stock_code = stock_code;
  if (!select_one(statements_->select_stock)) return std::nullopt;
  return statements_->on_hand;
}

std::optional<std::int64_t> ShippingDatabase::minimum_stock() {
  const auto held = lock();
  std::int64_t on_hand = 0;
  soci::indicator indicator = soci::i_null;
  session() << "SELECT MIN(on_hand) FROM inventory", soci::into(on_hand, indicator);
  if (indicator == soci::i_null) return std::nullopt;
  return on_hand;
}

}  // namespace doorbuster::functions
