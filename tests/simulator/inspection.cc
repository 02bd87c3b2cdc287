#include "inspection.h"

#include <sqlite3.h>

#include <algorithm>

#include "functions/invoice_events.h"
#include "orders/invoice_json.h"

namespace doorbuster::simulator {
namespace {

constexpr std::size_t kBodyMax = std::size_t{64} * 1024 * 1024;  // bytes of an object

// Each finds what does not add up: no row is right.
struct Rule {
  const char* database;
  const char* what;
  std::string query;
};

std::string both_ways(const std::string& a, const std::string& b) {
  return "SELECT * FROM (" + a + " EXCEPT " + b + ") UNION ALL SELECT * FROM (" + b + " EXCEPT " +
         a + ")";
}

// What the trends of a dimension must be: the facts, by the bucket they belong to.
Rule trend_rule(const std::string& dimension, const std::string& bucket) {
  const std::string trends =
      "SELECT bucket, kind, invoices, units, amount FROM trends WHERE dimension = '" + dimension +
      "'";
  const std::string facts = "SELECT " + bucket +
                            " AS b, kind, COUNT(DISTINCT invoice), SUM(quantity), SUM(amount) "
                            "FROM facts GROUP BY b, kind";
  return {"sales.db", "a trend is not the sum of its facts", both_ways(trends, facts)};
}

std::vector<Rule> rules(int opening_stock) {
  const std::string sums = "SELECT invoice, COUNT(*), SUM(quantity)";
  return {
      trend_rule("all", "'all'"),
      trend_rule("hour", "hour"),
      trend_rule("day", "substr(hour, 1, 10)"),
      trend_rule("country", "country"),
      trend_rule("product", "stock_code"),
      {"sales.db", "an invoice is not the sum of its facts",
       both_ways("SELECT invoice, lines, units, amount FROM invoices",
                 sums + ", SUM(amount) FROM facts GROUP BY invoice")},
      {"shipping.db", "a shipment is not the sum of its lines",
       both_ways("SELECT invoice, lines, units FROM shipments",
                 sums + " FROM shipment_lines GROUP BY invoice")},
      {"shipping.db", "stock is below zero", "SELECT * FROM inventory WHERE on_hand < 0"},
      {"shipping.db", "more was back-ordered than ordered",
       "SELECT * FROM shipment_lines "
       "WHERE back_ordered < 0 OR back_ordered > MAX(quantity, 0)"},
      {"shipping.db", "stock is not the opening stock, less what was sold, plus what came back",
       both_ways("SELECT stock_code, on_hand - COALESCE(owed, 0) FROM inventory "
                 "LEFT JOIN back_orders USING (stock_code)",
                 "SELECT stock_code, " + std::to_string(opening_stock) +
                     " - SUM(quantity) FROM shipment_lines GROUP BY stock_code")},
      {"shipping.db", "something is owed that is there",
       "SELECT * FROM inventory JOIN back_orders USING (stock_code) WHERE on_hand > 0 AND owed > "
       "0"},
  };
}

// The first row of the answer; empty if there is none.
std::string first_row(const std::filesystem::path& database, const std::string& query) {
  sqlite3* db = nullptr;
  std::string row;
  const auto read = [](void* into, int columns, char** values, char** /*names*/) {
    for (int i = 0; i < columns; ++i) {
      *static_cast<std::string*>(into) += std::string(values[i] ? values[i] : "NULL") + ' ';
    }
    return 1;  // enough
  };
  int result = sqlite3_open_v2(database.c_str(), &db, SQLITE_OPEN_READWRITE, nullptr);
  if (result == SQLITE_OK) result = sqlite3_exec(db, query.c_str(), read, &row, nullptr);
  const std::string message = sqlite3_errmsg(db);
  sqlite3_close(db);
  require(result == SQLITE_OK || result == SQLITE_ABORT, database.string() + ": " + message);
  return row;
}

// A number of events that is not known exactly, where an answer got lost.
struct Range {
  int low = 0;
  int high = 0;
  bool empty() const { return low > high; }
  Range operator&(Range other) const {
    return {std::max(low, other.low), std::min(high, other.high)};
  }
};

cloud::Async<std::string> body_of(cloud::S3& s3, cloud::GetObjectRequest request) {
  auto object = co_await s3.GetObject(std::move(request));
  co_return co_await cloud::read_all(std::move(object.Body), kBodyMax);
}

}  // namespace

void Inspection::check() {
  run_.checkout_.check_end();
  run_.executions_.check_end();
  run_.events_.check_end();
  run_.maps_.check_end();
  know_invoices();
  check_bucket();
  check_invoices(*run_.shipping_, "shipping.db");
  check_invoices(*run_.sales_, "sales.db");
  check_rejections(*run_.shipping_, "shipping.db");
  check_rejections(*run_.sales_, "sales.db");
  check_shipments();
  check_totals();
  check_sql();
  check_dead_letters();
  run_.standard_.check_end();
  run_.fifo_.check_end();
}

void Inspection::know_invoices() {
  for (const auto& [key, upload] : run_.uploads_) {
    if (upload.corrupt) continue;
    orders::Invoice invoice = run_.generator_.invoice(upload.order);
    invoices_.emplace(invoice.number, std::move(invoice));
  }
  for (auto& [key, invoice] : run_.checkout_.invoices()) invoices_.emplace(invoice.number, invoice);
}

// What was acknowledged or paid is there. Nothing else is.
void Inspection::check_bucket() {
  auto& bed = run_.world_.bed;
  cloud::ListObjectsV2Request request;
  request.Bucket = run_.resources_.bucket;
  const auto objects = bed.run(bed.s3().ListObjectsV2(request)).Contents;
  const auto paid = run_.checkout_.invoices();
  require(objects.size() == run_.uploads_.size() + paid.size(),
          "the bucket has lost or gained an object");
  for (const auto& [key, invoice] : paid) {
    const auto is_it = [&](const cloud::Object& object) { return object.Key == key; };
    require(std::ranges::any_of(objects, is_it), "the bucket lacks " + key);
  }
  for (const auto& [key, upload] : run_.uploads_) {
    cloud::GetObjectRequest get;
    get.Bucket = run_.resources_.bucket;
    get.Key = key;
    require(bed.run(body_of(bed.s3(), get)) == upload.body, "object " + key + " has other content");
  }
}

// Each valid invoice once, and no other.
void Inspection::check_invoices(functions::InvoiceDatabase& database, const std::string& name) {
  auto expected = invoices_;
  database.for_each_invoice([&](const functions::RecordedInvoice& recorded) {
    run_.world_.trace(name + " has " + recorded.number + " since " +
                      engine::iso8601(recorded.recorded_at));
    const auto found = expected.find(recorded.number);
    require(found != expected.end(), name + " has invoice " + recorded.number + " wrongly");
    const orders::Invoice& invoice = found->second;
    require(recorded.kind == invoice.kind && recorded.units == invoice.units() &&
                recorded.amount == invoice.amount() && recorded.country == invoice.country &&
                recorded.customer == invoice.customer.value_or("") &&
                recorded.ordered_at == invoice.date,
            name + " has invoice " + recorded.number + " with other content");
    expected.erase(found);
  });
  if (!expected.empty()) throw Violation(name + " lacks invoice " + expected.begin()->first);
}

void Inspection::check_rejections(functions::InvoiceDatabase& database, const std::string& name) {
  std::int64_t corrupt = 0;
  for (const auto& [key, upload] : run_.uploads_) {
    const bool rejected = database.find_rejection(run_.resources_.bucket, key).has_value();
    require(rejected == upload.corrupt,
            name + (rejected ? " has rejected " : " has not rejected ") + key);
    if (upload.corrupt) ++corrupt;
  }
  require(database.count_rejections() == corrupt, name + " has rejected something unknown");
}

void Inspection::check_shipments() {
  for (const auto& [number, invoice] : invoices_) {
    const auto lines = run_.shipping_->lines(number);
    const bool same =
        std::ranges::equal(lines, invoice.lines, [](const auto& shipped, const auto& ordered) {
          return shipped.stock_code == ordered.stock_code && shipped.quantity == ordered.quantity;
        });
    require(same, "shipment " + number + " has other lines than its invoice");
  }
}

void Inspection::check_totals() {
  functions::Trend expected;
  for (const auto& [number, invoice] : invoices_) {
    auto& sum = invoice.kind == orders::Kind::sale ? expected.sales : expected.refunds;
    ++sum.invoices;
    sum.units += invoice.units();
    sum.amount = sum.amount + invoice.amount();
  }
  const functions::Trend totals = run_.sales_->totals();
  require(totals.sales == expected.sales && totals.refunds == expected.refunds,
          "the sales books' totals are not what was ordered");
  const functions::ShippingTotals shipped = run_.shipping_->totals();
  require(
      shipped.shipped == expected.sales.invoices && shipped.cancelled == expected.refunds.invoices,
      "the shipping totals are not what was ordered");
}

void Inspection::check_sql() {
  for (const Rule& rule : rules(run_.opening_stock_)) {
    const std::string row = first_row(run_.directory_ / rule.database, rule.query);
    require(row.empty(), std::string(rule.what) + ": " + row);
  }
}

// --- Dead letters -----------------------------------------------------------------------------

// By the key of the object that they tell of.
std::map<std::string, int> Inspection::drain(const std::string& queue_url) {
  auto& bed = run_.world_.bed;
  std::map<std::string, int> counts;
  for (;;) {
    cloud::ReceiveMessageRequest request;
    request.QueueUrl = queue_url;
    request.MaxNumberOfMessages = 10;
    const auto messages = bed.run(bed.sqs().ReceiveMessage(request)).Messages;
    if (messages.empty()) break;
    for (const cloud::Message& message : messages) {
      for (const auto& object : functions::parse_s3_event(message.Body)) ++counts[object.key];
      bed.run(bed.sqs().DeleteMessage({queue_url, message.ReceiptHandle}));
      run_.world_.trace(queue_url + " held " + message.MessageId);
    }
  }
  const auto left = run_.attributes(queue_url);
  require(left.at("ApproximateNumberOfMessages") == "0" &&
              left.at("ApproximateNumberOfMessagesNotVisible") == "0",
          queue_url + " holds messages that can't be received");
  return counts;
}

// A corrupt object's events are in both dead-letter queues, once for each time that it was put;
// nothing else is. Putting is one command: what reached one queue has reached the other.
void Inspection::check_dead_letters() {
  std::map<std::string, Range> puts;
  for (const auto& [key, upload] : run_.uploads_) {
    if (upload.corrupt) puts[key] = {upload.acknowledged, upload.tried};
  }
  for (const auto& worker : run_.workers_) {
    const std::string& queue = worker.queue.dead_letter_url;
    std::map<std::string, int> letters = drain(queue);
    for (auto& [key, range] : puts) {
      const auto copies = worker.copies.find(key);
      const Simulation::Copies sent =
          copies == worker.copies.end() ? Simulation::Copies{} : copies->second;
      const int found = letters[key];
      range = range & Range{found - sent.tried, found - sent.acknowledged};
      require(!range.empty(), queue + " has " + std::to_string(found) + " events of " + key +
                                  ", which doesn't fit with what was put");
      letters.erase(key);
    }
    if (!letters.empty()) throw Violation(queue + " holds " + letters.begin()->first);
  }
}

}  // namespace doorbuster::simulator
