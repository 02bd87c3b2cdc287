#include "cli/embedded.h"

#include "engine/async_invocations.h"
#include "engine/event_source_pollers.h"
#include "wire/document.h"

namespace doorbuster::cli {
namespace {

ProbeOptions probe_options(const DataDirectory& directory) {
  return {.directories = {directory.engine() / "db"},
          .files = {directory.shipping(), directory.sales(), directory.payments()}};
}

// A transaction costs a sync, so a function is given as much as has gathered.
constexpr int kBatchSize = 500;
constexpr int kConcurrency = 2;
constexpr std::size_t kBrowsed = 1'000;  // messages that are in memory at once

}  // namespace

Embedded::Embedded(Options options)
    : where_(options.directory.path().string()),
      probe_(probe_options(options.directory)),
      grace_(options.grace),
      built_in_(pool().get_executor()),
      logged_(built_in_, options.function_logs, clock_),
      functions_(logged_, options.zips ? *options.zips : engine::no_functions()) {
  try {
    engine::EngineOptions engine_options;
    engine_options.directory = options.directory.engine();
    engine_options.log = std::move(options.log);
    engine_options.endpoint = options.endpoint;
    engine_options.functions = &functions_;
    engine_options.required_members = [](const engine::ServiceOperation& operation) {
      return wire::required_members(operation.service, operation.name);
    };
    engine_options.owner = scope_;
    engine_ = std::make_unique<engine::Engine>(std::move(engine_options));
    functions::ShippingOptions shipping_options;
    shipping_options.database.path = options.directory.shipping();
    shipping_options.opening_stock = options.opening_stock;
    shipping_ = std::make_unique<functions::ShippingDatabase>(shipping_options);
    functions::DatabaseOptions sales_options;
    sales_options.path = options.directory.sales();
    sales_ = std::make_unique<functions::SalesDatabase>(sales_options);
    functions::DatabaseOptions payments_options;
    payments_options.path = options.directory.payments();
    payments_ = std::make_unique<functions::PaymentLedger>(payments_options);
  } catch (const std::exception& e) {
    throw CommandError(1, e.what());
  }
  services_ = engine::make_services(*engine_);
  const cloud::Caller owner{scope_};
  s3_ = services_->s3(owner);
  sns_ = services_->sns(owner);
  sqs_ = services_->sqs(owner);
  ship_invoices_ = watched(functions::ShipInvoices(*s3_, *sqs_, *shipping_, clock_));
  record_sales_ = watched(functions::RecordSales(*s3_, *sqs_, *sales_, clock_));
  lambda_ = services_->lambda(owner);
  step_functions_ = services_->step_functions(owner);
  iam_ = services_->iam(owner);
  checkout_ = std::make_unique<CheckoutFunctions>(*this, clock_, options.checkout);
  add_functions();
  engine_->start();
}

void Embedded::add_functions() {
  const auto add = [this](const std::string& name, const cloud::Handler& handler) {
    built_in_.add(topology::kImagePrefix + name, handler);
  };
  add("ShipInvoices", ship_invoices_);
  add("RecordSales", record_sales_);
  for (const auto& [name, handler] : checkout_->handlers()) add(name, watched(handler));
}

Embedded::~Embedded() {
  stop();
}

bool Embedded::stop() {
  const auto deadline = std::chrono::steady_clock::now() + grace_;
  const bool first = !joined_.valid();
  if (first && metrics_) {
    boost::asio::co_spawn(pool(), metrics_->stop(), boost::asio::use_future).wait_until(deadline);
  }
  engine_->stop();
  if (first) joined_ = std::async(std::launch::async, [this] { pool().join(); });
  return joined_.wait_until(deadline) == std::future_status::ready;
}

void Embedded::start_functions(const topology::Resources& resources) {
  const auto request = [](const std::string& arn, const char* function) {
    engine::EventSource mapping;
    mapping.EventSourceArn = arn;
    mapping.FunctionName = function;
    mapping.BatchSize = kBatchSize;
    mapping.MaximumConcurrency = kConcurrency;
    return mapping;
  };
  shipping_mapping_.emplace(*engine_, request(resources.shipping.arn, "ShipInvoices"),
                            ship_invoices_, pool().get_executor());
  sales_mapping_.emplace(*engine_, request(resources.analytics.arn, "RecordSales"), record_sales_,
                         pool().get_executor());
}

void Embedded::start_lambda() {
  const engine::AsyncInvocations events(*engine_, pool().get_executor());
  const engine::EventSourcePollers pollers(*engine_, pool().get_executor());
}

void Embedded::start_deliveries(engine::HttpPost post, engine::SendMail mail) {
  deliveries_.emplace(*engine_, std::move(post), std::move(mail), pool().get_executor());
}

void Embedded::start_tasks() {
  tasks_.emplace(*engine_, *services_, wire::call_operation, pool().get_executor());
}

void Embedded::start_metrics() {
  metrics_.emplace(*engine_, system_probe(probe_), pool().get_executor());
}

void Embedded::for_each_message(const std::string& queue_arn,
                                const std::function<void(engine::BrowseResult::Message&)>& visit) {
  for (std::uint64_t from = 0;;) {
    auto page = wait(browse(queue_arn, from, engine::kToTheEnd, kBrowsed));
    if (page.messages.empty()) return;
    for (auto& message : page.messages) visit(message);
    from = page.next;
  }
}

std::vector<SeenMessage> Embedded::look(const std::string&, const std::string& queue_arn) {
  std::vector<SeenMessage> all;
  for_each_message(queue_arn, [&all](engine::BrowseResult::Message& message) {
    all.push_back({std::move(message.id), std::move(message.body), message.sent, std::nullopt});
  });
  return all;
}

bool Embedded::idle(const topology::Resources& resources) {
  return depth(resources.shipping.url) == 0 && depth(resources.analytics.url) == 0;
}

// A database that can't be written is for a person to mend: tried again and again, it would only
// use up the messages' receives. One that is only locked (DatabaseBusy) will be free again.
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
