#include "functions/invoice_function.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <map>
#include <mutex>

#include "cloud/arn.h"
#include "cloud/error.h"
#include "functions/invoice_events.h"
#include "orders/invoice_json.h"

namespace doorbuster::functions {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

// Objects that one call fetches at the same time.
constexpr std::size_t kFetchesMax = 16;

// Entries that SQS takes in one batch.
constexpr std::size_t kSqsEntriesMax = 10;

// One object of one message on its way. At most one of the last three is set: what it has become.
struct Item {
  std::size_t message = 0;  // its index
  CreatedObject object;
  std::optional<ReceivedInvoice> received;
  std::string permanent;  // the reason why it never will be
  std::string passing;    // the reason why it isn't for now
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

std::string join(const std::vector<std::string>& reasons) {
  std::string joined;
  for (const std::string& reason : reasons) {
    if (!joined.empty()) joined += "; ";
    joined += reason;
  }
  return joined;
}

std::string without_quotes(const std::string& etag) {
  const bool quoted = etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
  return quoted ? etag.substr(1, etag.size() - 2) : etag;
}

void reject(Batch& batch, std::size_t message, Rejection rejection) {
  rejection.receives = batch.messages[message].receives;
  batch.verdicts[message].permanent = rejection.reason;
  batch.rejections.push_back(std::move(rejection));
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
    item.permanent = join(parsed.reasons);
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

cloud::Async<void> fetch_next(cloud::S3& s3, std::vector<Item>& items, std::size_t& next,
                              cloud::Time now) {
  while (next < items.size()) {
    Item& item = items[next++];
    co_await fetch(s3, item, now);
  }
}

// Several at the same time. Must run on a strand: a group that is still being launched must not be
// completed by another thread, and `next` is shared.
cloud::Async<void> fetch_group(cloud::S3& s3, std::vector<Item>& items, cloud::Time now) {
  std::size_t next = 0;
  const auto strand = co_await asio::this_coro::executor;
  const auto fetcher = [&] {
    return asio::co_spawn(strand, fetch_next(s3, items, next, now), asio::deferred);
  };
  std::vector<decltype(fetcher())> fetchers;
  for (std::size_t i = 0; i < std::min(items.size(), kFetchesMax); ++i) {
    fetchers.push_back(fetcher());
  }
  auto group = asio::experimental::make_parallel_group(std::move(fetchers));
  co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
}

cloud::Async<void> fetch_all(cloud::S3& s3, std::vector<Item>& items, cloud::Time now) {
  if (items.empty()) co_return;
  auto strand = asio::make_strand(co_await asio::this_coro::executor);
  auto group = fetch_group(s3, items, now);
  co_await asio::co_spawn(strand, std::move(group), asio::use_awaitable);
}

// In the messages' order, whichever object came first.
void record(Batch& batch, InvoiceDatabase& database, cloud::Time now) {
  std::vector<ReceivedInvoice> invoices;
  std::vector<std::size_t> messages;
  for (Item& item : batch.items) {
    if (item.received) {
      invoices.push_back(std::move(*item.received));
      messages.push_back(item.message);
    } else if (!item.permanent.empty()) {
      Rejection rejection;
      rejection.bucket = item.object.bucket;
      rejection.key = item.object.key;
      rejection.reason = item.permanent;
      reject(batch, item.message, std::move(rejection));
    } else {
      batch.verdicts[item.message].passing = item.passing;
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

// Makes the messages visible again at once. An attempt: if it fails they only take longer.
cloud::Async<void> release(cloud::Sqs& sqs, const std::string& queue_url,
                           const std::vector<const QueueMessage*>& messages) {
  for (std::size_t begin = 0; begin < messages.size(); begin += kSqsEntriesMax) {
    const std::size_t end = std::min(begin + kSqsEntriesMax, messages.size());
    cloud::ChangeMessageVisibilityBatchRequest request;
    request.QueueUrl = queue_url;
    for (std::size_t i = begin; i < end; ++i) {
      cloud::ChangeMessageVisibilityBatchRequestEntry entry;
      entry.Id = std::to_string(i - begin);
      entry.ReceiptHandle = messages[i]->receipt_handle;
      entry.VisibilityTimeout = 0;
      request.Entries.push_back(std::move(entry));
    }
    co_await sqs.ChangeMessageVisibilityBatch(std::move(request));
  }
}

json::value answer(const Batch& batch, const InvoiceFunction::Observer& observer) {
  json::array failures;
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    const QueueMessage& message = batch.messages[i];
    const Verdict& verdict = batch.verdicts[i];
    if (!verdict.failed()) continue;
    json::object failure;
    failure["itemIdentifier"] = message.id;
    failures.push_back(std::move(failure));
    if (observer) {
      const bool permanent = verdict.failed_permanently();
      observer({message.id, permanent, message.receives,
                permanent ? verdict.permanent : verdict.passing});
    }
  }
  json::object result;
  result["batchItemFailures"] = std::move(failures);
  return result;
}

}  // namespace

struct InvoiceFunction::Parts {
  cloud::S3& s3;
  cloud::Sqs& sqs;
  InvoiceDatabase& database;
  const cloud::Clock& clock;
  const Observer observer;
  std::mutex mutex;
  std::map<std::string, std::string> queue_urls;  // by ARN, guarded by mutex

  // Holds its parts, so that a call outlives the function it was made to.
  static cloud::Async<json::value> handle(std::shared_ptr<Parts> parts, json::value event);

  cloud::Async<std::string> queue_url(std::string arn);
  cloud::Async<void> release_failed(const Batch& batch);
};

cloud::Async<std::string> InvoiceFunction::Parts::queue_url(std::string arn) {
  {
    const std::lock_guard held(mutex);
    if (const auto found = queue_urls.find(arn); found != queue_urls.end()) {
      co_return found->second;
    }
  }
  const auto parsed = cloud::Arn::parse(arn);
  if (!parsed) throw std::invalid_argument("eventSourceARN is not an ARN: " + arn);
  cloud::GetQueueUrlRequest request;
  request.QueueName = parsed->resource;
  const cloud::GetQueueUrlResult result = co_await sqs.GetQueueUrl(std::move(request));
  const std::lock_guard held(mutex);
  queue_urls[arn] = result.QueueUrl;
  co_return result.QueueUrl;
}

cloud::Async<void> InvoiceFunction::Parts::release_failed(const Batch& batch) {
  std::map<std::string, std::vector<const QueueMessage*>> by_queue;
  for (std::size_t i = 0; i < batch.messages.size(); ++i) {
    if (!batch.verdicts[i].failed_permanently()) continue;
    by_queue[batch.messages[i].queue_arn].push_back(&batch.messages[i]);
  }
  for (const auto& [arn, messages] : by_queue) {
    try {
      const std::string url = co_await queue_url(arn);
      co_await release(sqs, url, messages);
    } catch (const std::exception&) {
      // The reasons are kept; the messages come back when their visibility timeout ends.
    }
  }
}

cloud::Async<json::value> InvoiceFunction::Parts::handle(std::shared_ptr<Parts> parts,
                                                         json::value event) {
  const cloud::Time now = parts->clock.now();
  Batch batch = unwrap(event);
  co_await fetch_all(parts->s3, batch.items, now);
  record(batch, parts->database, now);
  co_await parts->release_failed(batch);
  co_return answer(batch, parts->observer);
}

InvoiceFunction::InvoiceFunction(cloud::S3& s3, cloud::Sqs& sqs, InvoiceDatabase& database,
                                 const cloud::Clock& clock, Observer observer)
    : parts_(new Parts{s3, sqs, database, clock, std::move(observer), {}, {}}) {}

cloud::Async<json::value> InvoiceFunction::operator()(json::value event, cloud::Context) const {
  return Parts::handle(parts_, std::move(event));
}

}  // namespace doorbuster::functions
