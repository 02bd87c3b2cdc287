#include "cli/embedded.h"

#include <random>

#include "orders/invoice_json.h"

namespace doorbuster::cli {
namespace {

// Each function may block one thread with its database; the others go on.
constexpr std::size_t kThreads = 4;

// A transaction costs a sync, so a function is given as much as has gathered.
constexpr int kBatchSize = 500;
constexpr int kConcurrency = 2;

}  // namespace

Embedded::Embedded(Options options) : pool_(kThreads) {
  try {
    engine::EngineOptions engine_options;
    engine_options.directory = options.directory.engine();
    engine_options.log = std::move(options.log);
    engine_options.endpoint = options.endpoint;
    engine_ = std::make_unique<engine::Engine>(std::move(engine_options));
    functions::ShippingOptions shipping_options;
    shipping_options.database.path = options.directory.shipping();
    shipping_options.opening_stock = options.opening_stock;
    shipping_ = std::make_unique<functions::ShippingDatabase>(shipping_options);
    functions::DatabaseOptions sales_options;
    sales_options.path = options.directory.sales();
    sales_ = std::make_unique<functions::SalesDatabase>(sales_options);
  } catch (const std::exception& e) {
    throw CommandError(1, e.what());
  }
  services_ = engine::make_services(*engine_);
  const cloud::Caller owner{scope_};
  s3_ = services_->s3(owner);
  sns_ = services_->sns(owner);
  sqs_ = services_->sqs(owner);
  engine_->start();
}

Embedded::~Embedded() {
  stop();
}

void Embedded::stop() {
  engine_->stop();
  pool_.join();
}

topology::Resources Embedded::set_up() {
  return wait(topology::set_up(account(), [] { return std::random_device()(); }));
}

topology::Resources Embedded::resources() {
  if (auto found = wait(topology::find(account()))) return *found;
  throw CommandError(2, "nothing has been set up there yet: run doorbuster demo --data DIR first");
}

void Embedded::start_functions(const topology::Resources& resources) {
  const auto request = [](const std::string& arn, const char* function) {
    cloud::CreateEventSourceMappingRequest mapping;
    mapping.EventSourceArn = arn;
    mapping.FunctionName = function;
    mapping.BatchSize = kBatchSize;
    mapping.MaximumConcurrency = kConcurrency;
    return mapping;
  };
  ship_invoices_.emplace(*engine_, request(resources.shipping.arn, "ShipInvoices"),
                         watched(functions::ShipInvoices(*s3_, *sqs_, *shipping_, clock_)),
                         pool_.get_executor());
  record_sales_.emplace(*engine_, request(resources.analytics.arn, "RecordSales"),
                        watched(functions::RecordSales(*s3_, *sqs_, *sales_, clock_)),
                        pool_.get_executor());
}

Embedded::StoredInvoice Embedded::invoice(const std::string& bucket, const std::string& key) {
  cloud::GetObjectRequest request;
  request.Bucket = bucket;
  request.Key = key;
  auto object = wait(s3_->GetObject(std::move(request)));
  return {wait(cloud::read_all(std::move(object.Body), orders::kJsonBytesMax)), object.ETag};
}

std::uint64_t Embedded::depth(const std::string& queue_url) {
  cloud::GetQueueAttributesRequest request;
  request.QueueUrl = queue_url;
  request.AttributeNames = {"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
                            "ApproximateNumberOfMessagesDelayed"};
  std::uint64_t total = 0;
  const auto result = wait(sqs_->GetQueueAttributes(std::move(request)));
  for (const auto& [name, value] : result.Attributes) total += std::stoull(value);
  return total;
}

engine::BrowseResult Embedded::browse(const std::string& queue_arn, std::uint64_t from) {
  return wait(engine::browse(*engine_, queue_arn, from));
}

bool Embedded::idle(const topology::Resources& resources) {
  return depth(resources.shipping.url) == 0 && depth(resources.analytics.url) == 0;
}

// A database that can't be written is for a person to mend: tried again and again, it would only
// use up the messages' receives.
cloud::Handler Embedded::watched(cloud::Handler function) {
  return [this, function = std::move(function)](
             boost::json::value event, cloud::Context context) -> cloud::Async<boost::json::value> {
    try {
      co_return co_await function(std::move(event), std::move(context));
    } catch (const functions::DatabaseError& e) {
      const std::lock_guard lock(mutex_);
      if (database_failure_.empty()) database_failure_ = e.what();
      throw;
    }
  };
}

void Embedded::check() const {
  constexpr const char* kKept = ". What was acknowledged is kept";
  try {
    if (const auto failure = engine_->failure()) std::rethrow_exception(failure);
  } catch (const cloud::Error& e) {
    throw CommandError(1, e.message() + kKept);
  }
  const std::lock_guard lock(mutex_);
  if (!database_failure_.empty()) throw CommandError(1, database_failure_ + kKept);
}

}  // namespace doorbuster::cli
