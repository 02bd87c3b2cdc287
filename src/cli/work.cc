#include "cli/work.h"

#include <boost/json.hpp>
#include <iostream>
#include <thread>

#include "cli/poller.h"
#include "cli/terminal.h"
#include "functions/record_sales.h"
#include "functions/ship_invoices.h"
#include "functions/start_order_workflow.h"

namespace doorbuster::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookEvery{20};

// The consumer's function with the database that it writes to.
struct Consumer {
  std::unique_ptr<functions::InvoiceDatabase> own;  // null: the system's
  cloud::Handler handler;
  std::string name;
};

// Where the database is: what was asked for, or the one that the system keeps in its directory.
std::optional<std::filesystem::path> database_of(const WorkOptions& options) {
  if (options.database) return options.database;
  if (!in_the_cloud()) return std::nullopt;
  if (!options.place.data) {
    throw CommandError(2,
                       "where is the consumer's database? Give it with --database FILE, or its "
                       "directory with --data DIR");
  }
  std::error_code error;
  std::filesystem::create_directories(*options.place.data, error);
  return *options.place.data / (options.half == "shipping" ? "shipping.db" : "sales.db");
}

Consumer shipping(System& system, const WorkOptions& options, const cloud::Clock& clock) {
  Consumer consumer;
  consumer.name = "ShipInvoices";
  functions::ShippingDatabase* database = nullptr;
  if (const auto path = database_of(options)) {
    functions::ShippingOptions shipping;
    shipping.database.path = *path;
    shipping.opening_stock = options.opening_stock;
    auto own = std::make_unique<functions::ShippingDatabase>(shipping);
    database = own.get();
    consumer.own = std::move(own);
  } else {
    database = &system.shipping();
  }
  consumer.handler = functions::ShipInvoices(system.s3(), system.sqs(), *database, clock);
  return consumer;
}

Consumer analytics(System& system, const WorkOptions& options, const cloud::Clock& clock) {
  Consumer consumer;
  consumer.name = "RecordSales";
  functions::SalesDatabase* database = nullptr;
  if (const auto path = database_of(options)) {
    functions::DatabaseOptions sales;
    sales.path = *path;
    auto own = std::make_unique<functions::SalesDatabase>(sales);
    database = own.get();
    consumer.own = std::move(own);
  } else {
    database = &system.sales();
  }
  consumer.handler = functions::RecordSales(system.s3(), system.sqs(), *database, clock);
  return consumer;
}

Consumer checkout(System& system) {
  return {nullptr,
          functions::StartOrderWorkflow(system.step_functions(), system.sqs(),
                                        topology::state_machine_arn(system.scope())),
          topology::kStartOrderWorkflow};
}

Consumer consumer_of(System& system, const WorkOptions& options, const cloud::Clock& clock) {
  if (options.half == "shipping") return shipping(system, options, clock);
  if (options.half == "analytics") return analytics(system, options, clock);
  return checkout(system);
}

topology::QueueWithDeadLetters queue_of(System& system, const WorkOptions& options) {
  if (options.half == "checkout") return system.checkout().orders;
  const auto resources = system.resources();
  return options.half == "shipping" ? resources.shipping : resources.analytics;
}

// Until no execution is under way, or somebody wants it to stop, who finds them where they are at
// the next start: false.
bool wait_for_executions(System& system) {
  cloud::ListExecutionsInput running;
  running.stateMachineArn = topology::state_machine_arn(system.scope());
  running.statusFilter = "RUNNING";
  running.maxResults = 1;
  while (stop_signal() == 0) {
    const auto page = system.wait(system.step_functions().ListExecutions(running));
    if (page.executions.empty()) return true;
    system.check();
    std::this_thread::sleep_for(kLookEvery);
  }
  return false;
}

PollerOptions poller_options(const WorkOptions& options, const std::string& function,
                             const topology::QueueWithDeadLetters& queue) {
  PollerOptions poller;
  poller.queue_url = queue.url;
  poller.queue_arn = queue.arn;
  poller.function = function;
  poller.batch = options.batch;
  poller.concurrency = options.concurrency;
  poller.once = options.once;
  return poller;
}

std::string counts_line(const std::string& name, const Poller::Counts& counts, double seconds) {
  const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
  std::string line = "  " + name + "  received " + number(counts.received) + "  done " +
                     number(counts.done) + "  failed " + number(counts.failed);
  if (seconds > 0) {
    line += "  " + number(static_cast<std::uint64_t>(static_cast<double>(counts.done) / seconds)) +
            " a second";
  }
  return line;
}

// Whether it came to its end by itself, and not because somebody wanted it to stop.
bool watch(const System& system, Poller& poller, const std::string& name, Progress& progress) {
  const auto begin = Clock::now();
  std::exception_ptr failure;
  bool stopped = false;
  while (!poller.done()) {
    if (stop_signal() != 0) {
      stopped = true;
      poller.stop();
    }
    try {
      if (!failure) system.check();
    } catch (const CommandError&) {
      failure = std::current_exception();
      poller.stop();
    }
    const std::chrono::duration<double> elapsed = Clock::now() - begin;
    progress.show(counts_line(name, poller.counts(), elapsed.count()));
    std::this_thread::sleep_for(kLookEvery);
  }
  progress.clear();
  if (failure) std::rethrow_exception(failure);
  if (poller.error()) std::rethrow_exception(poller.error());
  return !stopped;
}

}  // namespace

int work(const WorkOptions& options) {
  outlive_readers();
  const auto system = open_system(options.place);
  const cloud::SystemClock clock;
  const auto queue = queue_of(*system, options);
  const auto consumer = consumer_of(*system, options, clock);
  catch_stop_signals();
  Progress progress(options.json);
  if (options.half == "checkout") system->start_tasks();
  Poller poller(system->sqs(), consumer.handler, poller_options(options, consumer.name, queue));
  poller.start(system->pool().get_executor());
  bool ended = watch(*system, poller, consumer.name, progress);
  if (options.half == "checkout" && options.once) ended = ended && wait_for_executions(*system);
  const auto counts = poller.counts();
  if (options.json) {
    std::cout << boost::json::serialize(boost::json::object{{"function", consumer.name},
                                                            {"received", counts.received},
                                                            {"done", counts.done},
                                                            {"failed", counts.failed}})
              << '\n';
  } else {
    std::cout << counts_line(consumer.name, counts, 0) << '\n';
  }
  if (options.once && !ended) {
    throw CommandError(128 + stop_signal(),
                       "stopped before all was done; the same command goes on from here");
  }
  return 0;
}

}  // namespace doorbuster::cli
