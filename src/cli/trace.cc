#include "cli/trace.h"

#include <algorithm>
#include <boost/json.hpp>
#include <iostream>

#include "cli/dlq.h"
#include "cli/order_trace.h"
#include "cli/terminal.h"
#include "orders/timestamp.h"

namespace doorbuster::cli {
namespace {

// What one half knows of the order.
struct Step {
  std::string half;   // "shipping", "analytics"
  std::string state;  // "shipped", "recorded", "dead-lettered", "rejected", "waiting", "unknown"
  std::optional<functions::RecordedInvoice> recorded;
  std::vector<functions::ShippedLine> lines;  // of a shipment
  std::string queue;                          // that the order's message is in
  std::string reason;
  std::optional<int> receives;
};

struct Trace {
  std::string key;
  std::optional<OrderTrace> checkout;  // of an order that took this way
  std::optional<cloud::HeadObjectResult> object;
  std::vector<Step> steps;

  bool known() const {
    return object || checkout || std::any_of(steps.begin(), steps.end(), [](const Step& step) {
             return step.state != "unknown";
           });
  }
};

std::string key_of(const std::string& id) {
  return id.find('/') == std::string::npos ? topology::invoice_key(id) : id;
}

// "invoices/536365.json" -> "536365".
std::string number_of(const std::string& key) {
  const auto begin = key.rfind('/') + 1;
  return key.substr(begin, key.rfind(".json") - begin);
}

std::optional<cloud::HeadObjectResult> head(System& system, const std::string& bucket,
                                            const std::string& key) {
  cloud::HeadObjectRequest request;
  request.Bucket = bucket;
  request.Key = key;
  try {
    return system.wait(system.s3().HeadObject(std::move(request)));
  } catch (const cloud::Error& e) {
    if (e.status() == 404) return std::nullopt;
    throw;
  }
}

// Whether the invoice that was recorded was read from the object.
void find_in_books(Step& step, functions::InvoiceDatabase& database, const std::string& bucket,
                   const std::string& key) {
  step.recorded = database.find(number_of(key));
  if (step.recorded && step.recorded->object.key == key) {
    step.state = step.half == "shipping" ? "shipped" : "recorded";
    return;
  }
  step.recorded.reset();
  if (const auto rejection = database.find_rejection(bucket, key)) {
    step.state = "rejected";
    step.reason = rejection->reason;
    step.receives = rejection->receives;
  }
}

// The dead letters are looked through; the queue itself is only asked how much waits there, so that
// nobody's messages are held up.
void find_in_queues(Step& step, System& system, const topology::QueueWithDeadLetters& queue,
                    const std::string& key) {
  for (const auto& letter : dead_letters(system, queue)) {
    const auto is_about = [&key](const auto& object) { return object.key == key; };
    if (std::none_of(letter.objects.begin(), letter.objects.end(), is_about)) continue;
    step.state = "dead-lettered";
    step.queue = queue.dead_letter_name;
    if (!step.receives) step.receives = letter.receives;
    return;
  }
  if (system.depth(queue.url) > 0) {
    step.state = "waiting";
    step.queue = queue.name;
  }
}

Step follow(System& system, const topology::Resources& resources, bool shipping,
            const std::string& key, bool exists) {
  Step step;
  step.half = shipping ? "shipping" : "analytics";
  step.state = "unknown";
  if (system.has_books()) {
    functions::InvoiceDatabase* database = &system.sales();
    if (shipping) database = &system.shipping();
    find_in_books(step, *database, resources.bucket, key);
    if (shipping && step.recorded) step.lines = system.shipping().lines(step.recorded->number);
  }
  if (!step.recorded && (exists || step.state == "rejected")) {
    find_in_queues(step, system, shipping ? resources.shipping : resources.analytics, key);
  }
  return step;
}

std::string time_text(cloud::Time time) {
  return orders::format_timestamp(std::chrono::floor<std::chrono::seconds>(time)) + "Z";
}

boost::json::value to_json(const Step& step) {
  boost::json::object json{{"state", step.state}};
  if (step.recorded) {
    json["invoice"] = step.recorded->number;
    json["at"] = time_text(step.recorded->recorded_at);
    json["lines"] = step.recorded->lines;
    json["units"] = step.recorded->units;
    json["amount"] = step.recorded->amount.str();
  }
  if (!step.lines.empty()) {
    boost::json::array lines;
    for (const auto& line : step.lines) {
      lines.push_back({{"stock_code", line.stock_code},
                       {"quantity", line.quantity},
                       {"back_ordered", line.back_ordered}});
    }
    json["shipment"] = std::move(lines);
  }
  if (!step.queue.empty()) json["queue"] = step.queue;
  if (!step.reason.empty()) json["reason"] = step.reason;
  if (step.receives) json["receives"] = *step.receives;
  return json;
}

boost::json::value to_json(const Trace& trace, const std::string& bucket) {
  boost::json::object json{{"key", trace.key}};
  if (trace.checkout) json["checkout"] = to_json(*trace.checkout);
  json["object"] = nullptr;
  if (trace.object) {
    json["object"] = {{"bucket", bucket},
                      {"bytes", trace.object->ContentLength},
                      {"at", time_text(trace.object->LastModified)},
                      {"etag", trace.object->ETag}};
  }
  for (const auto& step : trace.steps) json[step.half] = to_json(step);
  return json;
}

std::string to_text(const Step& step) {
  std::string text = step.half;
  text.resize(11, ' ');
  text += step.state;
  if (step.recorded) {
    text += ' ' + time_text(step.recorded->recorded_at) + ", " + grouped(step.recorded->lines) +
            " line(s), " + grouped(step.recorded->units) + " unit(s), " +
            step.recorded->amount.str();
  }
  if (!step.queue.empty()) text += " in " + step.queue;
  if (step.receives) text += " after " + std::to_string(*step.receives) + " receive(s)";
  if (!step.reason.empty()) text += "\n           " + step.reason;
  text += '\n';
  for (const auto& line : step.lines) {
    text += "           " + line.stock_code + " x " + std::to_string(line.quantity);
    if (line.back_ordered > 0) text += ", " + std::to_string(line.back_ordered) + " back-ordered";
    text += '\n';
  }
  return text;
}

std::string to_text(const Trace& trace, const std::string& bucket) {
  std::string text = trace.checkout ? to_text(*trace.checkout) : "";
  text += "object     " + trace.key;
  if (trace.object) {
    text += " in " + bucket + "\n           " +
            grouped(static_cast<std::int64_t>(trace.object->ContentLength)) + " bytes, " +
            time_text(trace.object->LastModified) + ", ETag " + trace.object->ETag + '\n';
  } else {
    text += " is not in " + bucket + '\n';
  }
  for (const auto& step : trace.steps) text += to_text(step);
  return text;
}

// Nothing if there is no checkout, or it knows nothing of the order.
std::optional<OrderTrace> in_checkout(System& system, const std::string& id) {
  const auto checkout = system.find_checkout();
  if (!checkout) return std::nullopt;
  auto found = trace_order(system, *checkout, id);
  if (found.state == "unknown") return std::nullopt;
  return found;
}

std::string perhaps_queued(System& system) {
  const auto checkout = system.find_checkout();
  const auto waiting = checkout ? system.depth(checkout->orders.url) : 0;
  if (waiting == 0) return {};
  return "; " + std::to_string(waiting) + " order(s) wait in " + checkout->orders.name +
         ", it may be among them";
}

}  // namespace

int trace(const TraceOptions& options) {
  const auto system = open_system(options.place);
  const auto resources = system->resources();
  Trace trace;
  trace.key = key_of(options.id);
  trace.object = head(*system, resources.bucket, trace.key);
  trace.checkout = in_checkout(*system, number_of(trace.key));
  for (const bool shipping : {true, false}) {
    trace.steps.push_back(
        follow(*system, resources, shipping, trace.key, trace.object.has_value()));
  }
  if (!trace.known()) {
    throw CommandError(1, "nothing is known of " + options.id + ": it is neither in " +
                              resources.bucket + " nor in the databases" + perhaps_queued(*system));
  }
  if (options.json) {
    std::cout << boost::json::serialize(to_json(trace, resources.bucket)) << '\n';
  } else {
    std::cout << to_text(trace, resources.bucket);
  }
  return 0;
}

}  // namespace doorbuster::cli
