#include <thread>

#include "cases.h"
#include "cli/embedded.h"
#include "cli/producer.h"
#include "cli/reconcile.h"

namespace doorbuster::bench {
namespace {

constexpr std::uint64_t kOrders = 200'000;
constexpr int kConcurrency = 256;

boost::json::object run(cli::InvoiceSource& source, const Setting& setting) {
  const auto directory = cli::DataDirectory::for_writing(setting.directory / "data");
  cli::Embedded system({directory, {}});
  const auto resources = system.set_up();
  const Stopwatch watch;
  system.start_functions(resources);
  cli::Producer producer(system.s3(), resources.bucket, source);
  producer.start(system.pool().get_executor(), kConcurrency);
  while (!producer.done() || !system.idle(resources)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const double seconds = watch.seconds();
  const auto proof = cli::reconcile(system, resources);
  return {{"orders", producer.uploaded()},
          {"seconds", seconds},
          {"orders_per_second", static_cast<double>(producer.uploaded()) / seconds},
          {"lost", proof.lost()},
          {"duplicated", proof.duplicated()},
          {"peak_rss_bytes", peak_rss_bytes()}};
}

}  // namespace

boost::json::object one_line_orders(const Setting& setting) {
  cli::GeneratedOrders orders;
  orders.orders = static_cast<std::uint64_t>(static_cast<double>(kOrders) * setting.scale);
  orders.lines_max = 1;
  const auto source = cli::generated(orders);
  return run(*source, setting);
}

boost::json::object real_invoices(const Setting& setting) {
  if (setting.file.empty()) return {};
  const auto source = cli::from_file(setting.file);
  return run(*source, setting);
}

}  // namespace doorbuster::bench
