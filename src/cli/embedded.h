// The whole system in this process: the engine, the functions and their databases.
#pragma once

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>

#include "cli/checkout_functions.h"
#include "cli/failure_log.h"
#include "cli/system.h"
#include "cli/system_probe.h"
#include "engine/built_in_functions.h"
#include "engine/event_source_mapping.h"
#include "engine/function_hosts.h"
#include "engine/metric_sampler.h"
#include "engine/postman.h"
#include "engine/services.h"
#include "engine/task_runner.h"
#include "functions/record_sales.h"
#include "functions/ship_invoices.h"

namespace doorbuster::cli {

class Embedded : public System {
 public:
  struct Options {
    const DataDirectory& directory;
    engine::Log log;
    std::int64_t opening_stock = 1'000'000;
    std::string endpoint = "http://127.0.0.1:4566";  // what queue URLs begin with
    cloud::FunctionHost* zips = nullptr;       // runs functions that are no images; outlives this
    std::filesystem::path function_logs = {};  // see FailureLog
    CheckoutOptions checkout = {};
    std::chrono::milliseconds grace = std::chrono::seconds(10);  // see stop()
  };

  // Opens what is in the directory, or makes it. Throws CommandError.
  explicit Embedded(Options options);
  ~Embedded() override;

  // For whoever calls; s3() and its like are the account's own.
  cloud::Services& services() { return *services_; }
  cloud::S3& s3() override { return *s3_; }
  cloud::Sns& sns() override { return *sns_; }
  cloud::Sqs& sqs() override { return *sqs_; }
  cloud::Lambda& lambda() override { return *lambda_; }
  cloud::StepFunctions& step_functions() override { return *step_functions_; }
  cloud::Iam& iam() override { return *iam_; }
  cloud::Scope scope() const override { return scope_; }
  std::string where() const override { return where_; }
  functions::ShippingDatabase& shipping() override { return *shipping_; }
  functions::SalesDatabase& sales() override { return *sales_; }
  functions::PaymentLedger& payments() override { return *payments_; }

  // Changes nothing.
  bool looks_unseen() const override { return true; }
  std::vector<SeenMessage> look(const std::string& queue_url,
                                const std::string& queue_arn) override;

  // See engine/services.h.
  cloud::Async<engine::BrowseResult> browse(std::string queue_arn, std::uint64_t from,
                                            std::uint64_t until, std::size_t max) {
    return engine::browse(*engine_, std::move(queue_arn), from, until, max);
  }
  // Visits every message of a queue, as browse() finds them. Not from the pool.
  void for_each_message(const std::string& queue_arn,
                        const std::function<void(engine::BrowseResult::Message&)>& visit);

  // Begins to feed ShipInvoices and RecordSales from their queues.
  void start_functions(const topology::Resources& resources);

  // Begins to make the calls of Lambda's functions that nobody waits for, and to feed them from
  // queues, as their event-source mappings say.
  void start_lambda();

  // Begins to post what topics have for their HTTP subscriptions, and to mail what they have for
  // addresses, if there is `mail`.
  void start_deliveries(engine::HttpPost post, engine::SendMail mail);
  // Begins to carry out the tasks of executions.
  void start_tasks() override;
  // Begins to measure this process and to keep what is counted, minute by minute.
  void start_metrics();
  cloud::MetricRecorder& recorder() override { return engine_->recorded(); }
  // See engine/services.h.
  cloud::Async<std::vector<cloud::MetricTotal>> metric_totals() {
    return engine::metric_totals(*engine_, scope_);
  }
  cloud::Async<std::string> signing_certificate() { return engine::signing_certificate(*engine_); }

  // Whether both functions have nothing left to do.
  bool idle(const topology::Resources& resources);

  // Stops the functions and the engine; whatever is under way ends with an error. What has been
  // counted is kept. False if a function of this program, or a post to somebody's endpoint, has not
  // ended within the grace: it can't be made to, and this object's end would wait for it. Nothing
  // is lost if the process ends then.
  bool stop();

  // Whether the disk has failed the engine or a function's database.
  void check() const override;

 private:
  void add_functions();
  cloud::Handler watched(cloud::Handler function);

  const std::string where_;
  const ProbeOptions probe_;
  const std::chrono::milliseconds grace_;
  const cloud::Scope scope_;
  const cloud::SystemClock clock_;
  engine::BuiltInFunctions built_in_;
  FailureLog logged_;
  engine::HostByPackageType functions_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<cloud::Services> services_;
  std::unique_ptr<cloud::S3> s3_;
  std::unique_ptr<cloud::Sns> sns_;
  std::unique_ptr<cloud::Sqs> sqs_;
  std::unique_ptr<cloud::Lambda> lambda_;
  std::unique_ptr<cloud::StepFunctions> step_functions_;
  std::unique_ptr<cloud::Iam> iam_;
  std::unique_ptr<functions::ShippingDatabase> shipping_;
  std::unique_ptr<functions::SalesDatabase> sales_;
  cloud::Handler ship_invoices_;
  cloud::Handler record_sales_;
  std::optional<engine::EventSourceMapping> shipping_mapping_;
  std::optional<engine::EventSourceMapping> sales_mapping_;
  std::unique_ptr<functions::PaymentLedger> payments_;
  std::unique_ptr<CheckoutFunctions> checkout_;
  std::optional<engine::Postman> deliveries_;
  std::optional<engine::TaskRunner> tasks_;
  std::optional<engine::MetricSampling> metrics_;
  mutable std::mutex mutex_;  // guards what follows
  std::string database_failure_;
  std::future<void> joined_;  // once the pool has nothing left to do; waits for it
};

}  // namespace doorbuster::cli
