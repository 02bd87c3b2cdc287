#include "cli/reconcile.h"

#include <boost/json.hpp>
#include <iostream>
#include <set>
#include <unordered_map>

#include "cli/checkout_reconcile.h"
#include "cli/dlq.h"
#include "cli/terminal.h"
#include "cloud/error.h"
#include "orders/invoice_json.h"

namespace doorbuster::cli {
namespace {

constexpr std::size_t kNamed = 20;  // keys that the text spells out

// How often each object of the bucket has had its effect, or is in the dead-letter queue.
using Places = std::unordered_map<std::string, int>;

Places places_of(System& system, functions::InvoiceDatabase& database, const std::string& bucket,
                 const topology::QueueWithDeadLetters& queue, HalfReconciled* half) {
  Places places;
  database.for_each_invoice([&](const functions::RecordedInvoice& invoice) {
    if (invoice.object.bucket != bucket) return;
    ++places[invoice.object.key];
    ++half->recorded;
  });
  for (const auto& letter : dead_letters(system, queue)) {
    for (const auto& object : letter.objects) ++places[object.key];
    half->dead_lettered += letter.objects.size();
  }
  return places;
}

// An object that repeats another's invoice, word for word, has had that one's effect.
bool is_copy(System& system, functions::InvoiceDatabase& database, const std::string& bucket,
             const std::string& key) {
  const auto object = system.invoice(bucket, key);
  const auto parsed = orders::parse_invoice(object.body);
  if (!parsed.invoice) return false;
  const auto recorded = database.find(parsed.invoice->number);
  return recorded && '"' + recorded->object.etag + '"' == object.etag;
}

void check(System& system, functions::InvoiceDatabase& database, const std::string& bucket,
           const std::string& key, const Places& places, HalfReconciled* half) {
  const auto it = places.find(key);
  const int times = it == places.end() ? 0 : it->second;
  if (times > 1) half->doubled.push_back(key);
  if (times == 0 && !is_copy(system, database, bucket, key)) half->missing.push_back(key);
}

std::uint64_t in_either(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::set<std::string_view> both(a.begin(), a.end());
  both.insert(b.begin(), b.end());
  return both.size();
}

std::string name_keys(const char* what, const HalfReconciled& half,
                      const std::vector<std::string>& keys) {
  std::string text;
  for (std::size_t i = 0; i < std::min(keys.size(), kNamed); ++i) {
    text += std::string("  ") + what + " in " + half.name + ": " + keys[i] + '\n';
  }
  if (keys.size() > kNamed) {
    text += "  … and " + grouped(static_cast<std::int64_t>(keys.size() - kNamed)) + " more " +
            what + " in " + half.name + " (--json names them all)\n";
  }
  return text;
}

boost::json::object to_json(const HalfReconciled& half) {
  return {{"recorded", half.recorded},
          {"dead_lettered", half.dead_lettered},
          {"waiting", half.waiting},
          {"missing", boost::json::value_from(half.missing)},
          {"doubled", boost::json::value_from(half.doubled)}};
}

boost::json::object to_json(const Reconciliation& result) {
  return {{"objects", result.objects},
          {"lost", result.lost()},
          {"duplicated", result.duplicated()},
          {"shipping", to_json(result.shipping)},
          {"analytics", to_json(result.analytics)}};
}

}  // namespace

std::uint64_t Reconciliation::lost() const {
  return in_either(shipping.missing, analytics.missing);
}
std::uint64_t Reconciliation::duplicated() const {
  return in_either(shipping.doubled, analytics.doubled);
}

Reconciliation reconcile(System& system, const topology::Resources& resources) {
  Reconciliation result;
  result.shipping.name = "shipping";
  result.analytics.name = "analytics";
  result.shipping.waiting = system.depth(resources.shipping.url);
  result.analytics.waiting = system.depth(resources.analytics.url);
  const auto shipping =
      places_of(system, system.shipping(), resources.bucket, resources.shipping, &result.shipping);
  const auto analytics =
      places_of(system, system.sales(), resources.bucket, resources.analytics, &result.analytics);
  cloud::ListObjectsV2Request list;
  list.Bucket = resources.bucket;
  do {
    const auto page = system.wait(system.s3().ListObjectsV2(list));
    for (const auto& object : page.Contents) {
      ++result.objects;
      check(system, system.shipping(), resources.bucket, object.Key, shipping, &result.shipping);
      check(system, system.sales(), resources.bucket, object.Key, analytics, &result.analytics);
    }
    list.ContinuationToken = page.NextContinuationToken;
  } while (!list.ContinuationToken.empty());
  return result;
}

std::string to_text(const Reconciliation& result) {
  Table table({"", ">objects", ">recorded", ">dead letters", ">waiting", ">missing", ">doubled"});
  for (const auto* half : {&result.shipping, &result.analytics}) {
    const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
    table.row({half->name, number(result.objects), number(half->recorded),
               number(half->dead_lettered), number(half->waiting), number(half->missing.size()),
               number(half->doubled.size())});
  }
  std::string text = table.str();
  for (const auto* half : {&result.shipping, &result.analytics}) {
    text += name_keys("missing", *half, half->missing) + name_keys("doubled", *half, half->doubled);
  }
  if (result.clean()) return text + "  Every invoice in the bucket is accounted for, once.\n";
  if (result.shipping.waiting + result.analytics.waiting > 0) {
    text +=
        "  Messages are still waiting: doorbuster work, or demo with the same --data, goes on.\n";
  }
  return text;
}

int reconcile(const ReconcileOptions& options) {
  const auto system = open_system(options.place);
  const auto resources = system->resources();
  const auto result = reconcile(*system, resources);
  std::optional<CheckoutReconciled> orders;
  if (const auto checkout = system->find_checkout()) {
    orders = reconcile_checkout(*system, *checkout, resources.bucket);
  }
  if (options.json) {
    auto json = to_json(result);
    if (orders) json["checkout"] = to_json(*orders);
    std::cout << boost::json::serialize(json) << '\n';
  } else {
    std::cout << to_text(result) << (orders ? '\n' + to_text(*orders) : "");
  }
  return result.clean() && (!orders || orders->clean()) ? 0 : 1;
}

}  // namespace doorbuster::cli
