#include "functions/invoice_function.h"

#include <boost/json.hpp>

#include "cloud/error.h"
#include "functions/concurrently.h"
#include "functions/invoice_events.h"
#include "functions/order_event.h"
#include "orders/invoice_json.h"

namespace doorbuster::functions {
namespace {

namespace json = boost::json;

// Objects that one call fetches at the same time.
constexpr std::size_t kFetchesMax = 16;

// One object of one message on its way. At most one of the last three is set: what it has become.
struct Item {
  std::size_t message = 0;  // its index
  CreatedObject object;
  std::optional<ReceivedInvoice> received;
  std::string permanent;  // the reason why it never will be
  std::string passing;    // the reason why it isn't yet
};

struct Verdict {
  std::string permanent;
  std::string passing;

  bool failed() const { return !permanent.empty() || !passing.empty(); }
  bool failed_permanently() const { return passing.empty() && !permanent.empty(); }
};

struct Batch {
  std::vector<QueueMessage> messages;
  std::vector<Verdict> verdicts;  // one for each message
  std::vector<Item> items;
  std::vector<Rejection> rejections;
};

std::string without_quotes(const std::string& etag) {
  const bool quoted = etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
  return quoted ? etag.substr(1, etag.size() - 2) : etag;
}

void note(Batch& batch, std::size_t message, Rejection rejection) {
  rejection.receives = batch.messages[message].receives;
  batch.rejections.push_back(std::move(rejection));
}

void reject(Batch& batch, std::size_t message, Rejection rejection) {
  batch.verdicts[message].permanent = rejection.reason;
  note(batch, message, std::move(rejection));
}

Batch unwrap(const json::value& event) {
  Batch batch;
  batch.messages = parse_sqs_event(event);
  batch.verdicts.resize(batch.messages.size());
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    try {
      for (CreatedObject& object : parse_s3_event(batch.messages[i].body)) {
        batch.items.push_back({i, std::move(object), {}, {}, {}});
      }
    } catch (const NotAnS3Event& error) {
      Rejection rejection;
      rejection.key = batch.messages[i].id;
      rejection.reason = error.what();
      reject(batch, i, std::move(rejection));
    }
  }
  return batch;
}

void read_invoice(Item& item, const std::string& body, const std::string& etag, cloud::Time now) {
  orders::Parsed parsed = orders::parse_invoice(body);
  if (!parsed.invoice) {
    item.permanent = joined(parsed.reasons);
    return;
  }
  item.received = {std::move(*parsed.invoice),
                   {item.object.bucket, item.object.key, without_quotes(etag)},
                   item.object.created_at.value_or(now)};
}

// Never throws: what goes wrong is the item's.
cloud::Async<void> fetch(cloud::S3& s3, Item& item, cloud::Time now) {
  if (item.object.size > orders::kJsonBytesMax) {
    item.permanent = "the object has " + std::to_string(item.object.size) + " bytes, at most " +
                     std::to_string(orders::kJsonBytesMax) + " are allowed";
    co_return;
  }
  try {
    cloud::GetObjectRequest request;
    request.Bucket = item.object.bucket;
    request.Key = item.object.key;
    cloud::GetObjectResult object = co_await s3.GetObject(std::move(request));
    const std::string body =
        co_await cloud::read_all(std::move(object.Body), orders::kJsonBytesMax);
    read_invoice(item, body, object.ETag, now);
  } catch (const cloud::Error& error) {
    const bool gone = error.code() == "NoSuchKey";
    (gone ? item.permanent : item.passing) = gone ? "the object has been deleted" : error.what();
  } catch (const std::exception& error) {
    item.passing = error.what();
  }
}

// The reason is kept also if it may pass: if it doesn't, nobody else says it of the dead letter.
void fail(Batch& batch, const Item& item) {
  Rejection rejection;
  rejection.bucket = item.object.bucket;
  rejection.key = item.object.key;
  if (item.permanent.empty()) {
    rejection.reason = batch.verdicts[item.message].passing = item.passing;
    note(batch, item.message, std::move(rejection));
  } else {
    rejection.reason = item.permanent;
    reject(batch, item.message, std::move(rejection));
  }
}

// In the messages' order, whichever object came first.
void record(Batch& batch, InvoiceDatabase& database, cloud::Time now) {
  std::vector<ReceivedInvoice> invoices;
  std::vector<std::size_t> messages;
  for (Item& item : batch.items) {
    if (item.received) {
      invoices.push_back(std::move(*item.received));
      messages.push_back(item.message);
    } else {
      fail(batch, item);
    }
  }
  const std::vector<Outcome> outcomes = database.record(invoices, now);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (outcomes[i].kind != Outcome::Kind::rejected) continue;
    Rejection rejection;
    rejection.bucket = invoices[i].object.bucket;
    rejection.key = invoices[i].object.key;
    rejection.invoice = invoices[i].invoice.number;
    rejection.reason = outcomes[i].reason;
    reject(batch, messages[i], std::move(rejection));
  }
  database.reject(batch.rejections, now);
}

std::vector<MessageFailure> failures_of(const Batch& batch) {
  std::vector<MessageFailure> failures;
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    const Verdict& verdict = batch.verdicts[i];
    if (!verdict.failed()) continue;
    const bool permanent = verdict.failed_permanently();
    failures.push_back({batch.messages[i].id, permanent, batch.messages[i].receives,
                        permanent ? verdict.permanent : verdict.passing});
  }
  return failures;
}

std::vector<const QueueMessage*> permanently_failed(const Batch& batch) {
  std::vector<const QueueMessage*> messages;
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    if (batch.verdicts[i].failed_permanently()) messages.push_back(&batch.messages[i]);
  }
  return messages;
}

}  // namespace

struct InvoiceFunction::Parts {
  cloud::S3& s3;
  InvoiceDatabase& database;
  const cloud::Clock& clock;
  const Observer observer;
  Releaser releaser;

  // Holds its parts, so that a call outlives the function it was made to.
  static cloud::Async<json::value> handle(std::shared_ptr<Parts> parts, json::value event);
};

cloud::Async<json::value> InvoiceFunction::Parts::handle(std::shared_ptr<Parts> parts,
                                                         json::value event) {
  const cloud::Time now = parts->clock.now();
  Batch batch = unwrap(event);
  std::function<cloud::Async<void>(std::size_t)> fetch_one = [&](std::size_t i) {
    return fetch(parts->s3, batch.items[i], now);
  };
  co_await concurrently(batch.items.size(), kFetchesMax, std::move(fetch_one));
  record(batch, parts->database, now);
  auto hopeless = permanently_failed(batch);
  co_await parts->releaser.release(std::move(hopeless));
  const std::vector<MessageFailure> failures = failures_of(batch);
  if (parts->observer) {
    for (const MessageFailure& failure : failures) parts->observer(failure);
  }
  co_return batch_item_failures(failures);
}

InvoiceFunction::InvoiceFunction(cloud::S3& s3, cloud::Sqs& sqs, InvoiceDatabase& database,
                                 const cloud::Clock& clock, Observer observer)
    : parts_(new Parts{s3, database, clock, std::move(observer), Releaser(sqs)}) {}

cloud::Async<json::value> InvoiceFunction::operator()(json::value event, cloud::Context) const {
  return Parts::handle(parts_, std::move(event));
}

}  // namespace doorbuster::functions
