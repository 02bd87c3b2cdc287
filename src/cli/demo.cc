#include "cli/demo.h"

#include <sys/resource.h>

#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <thread>

#include "cli/embedded.h"
#include "cli/producer.h"
#include "cli/reconcile.h"
#include "cli/report.h"
#include "cli/terminal.h"
#include "cloud/error.h"

namespace doorbuster::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kUploadsAtOnce = 256;  // uploads under way
constexpr std::chrono::milliseconds kLookEvery{10};

struct Depth {
  std::uint64_t shipping = 0;
  std::uint64_t analytics = 0;
  std::uint64_t dead = 0;
};

Depth depth_of(Embedded& system, const topology::Resources& resources) {
  return {system.depth(resources.shipping.url), system.depth(resources.analytics.url),
          system.depth(resources.shipping.dead_letter_url)};
}

std::string progress_line(const Producer& producer, std::uint64_t total, const Depth& depth,
                          double seconds) {
  const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
  const std::uint64_t up = producer.uploaded();
  const std::uint64_t shipped = up - std::min(up, depth.shipping);
  const std::uint64_t recorded = up - std::min(up, depth.analytics);
  const double done = static_cast<double>(std::min(shipped, recorded)) / static_cast<double>(total);
  constexpr int kWidth = 20;
  std::string gauge = bar(done, kWidth);
  gauge.append(static_cast<std::size_t>(kWidth) - columns(gauge), ' ');
  std::string line = "  " + gauge + "  uploaded " + number(up) + " of " + number(total) +
                     "  shipped " + number(shipped) + "  recorded " + number(recorded) +
                     "  dead letters " + number(depth.dead);
  if (done > 0.02 && done < 1) line += "  " + duration(seconds / done - seconds) + " left";
  return line;
}

// Until everything is uploaded and both queues are empty.
void watch(Embedded& system, const topology::Resources& resources, const Producer& producer,
           std::uint64_t total, Progress& progress) {
  const auto begin = Clock::now();
  for (;;) {
    system.check();
    if (stop_signal() != 0) {
      throw CommandError(128 + stop_signal(),
                         "stopped before the end; with --data, the same command goes on from here");
    }
    const bool uploaded = producer.done();
    if (uploaded && producer.error()) std::rethrow_exception(producer.error());
    const Depth depth = depth_of(system, resources);
    if (uploaded && depth.shipping == 0 && depth.analytics == 0) return;
    const std::chrono::duration<double> elapsed = Clock::now() - begin;
    progress.show(progress_line(producer, total, depth, elapsed.count()));
    std::this_thread::sleep_for(kLookEvery);
  }
}

std::uint64_t peak_rss_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

struct Result {
  std::uint64_t orders = 0;    // that this run uploaded
  std::uint64_t uploaded = 0;  // by this run and those before it, as the numbers that follow
  double seconds = 0;
  functions::ShippingTotals shipping;
  std::uint64_t recorded = 0;
  Reconciliation reconciliation;

  double orders_per_second() const { return static_cast<double>(orders) / seconds; }
};

boost::json::value to_json(const Result& result) {
  const auto& proof = result.reconciliation;
  return {
      {"invoices_uploaded", result.uploaded},
      {"shipped", result.shipping.shipped},
      {"cancelled", result.shipping.cancelled},
      {"recorded", result.recorded},
      {"dead_lettered",
       {{"shipping", proof.shipping.dead_lettered}, {"analytics", proof.analytics.dead_lettered}}},
      {"lost", proof.lost()},
      {"duplicated", proof.duplicated()},
      {"seconds", result.seconds},
      {"orders_per_second", result.orders_per_second()},
      {"peak_rss_bytes", peak_rss_bytes()}};
}

std::string to_text(const Result& result, functions::SalesDatabase& sales) {
  const auto number = [](auto n) { return grouped(static_cast<std::int64_t>(n)); };
  const auto& proof = result.reconciliation;
  Table table({"stage", ">invoices", ""});
  table.row(
      {"uploaded", number(result.uploaded), "to the bucket, each with its event in one batch"});
  table.row({"shipped", number(result.shipping.shipped), "by ShipInvoices"});
  table.row({"cancelled", number(result.shipping.cancelled), "and put back into stock"});
  table.row({"recorded", number(result.recorded), "by RecordSales"});
  table.row({"dead letters",
             number(proof.shipping.dead_lettered) + " + " + number(proof.analytics.dead_lettered),
             "after 3 receives, in ShippingQueueDLQ and AnalyticsQueueDLQ"});
  table.row({"lost", number(proof.lost()), ""});
  table.row({"duplicated", number(proof.duplicated()), ""});
  std::string text = table.str() + '\n' + totals_text(sales) + '\n';
  if (result.shipping.back_ordered_units > 0) {
    text += "  " + number(result.shipping.back_ordered_units) + " units are back-ordered.\n";
  }
  text += "  " + number(result.orders) + " orders in " + duration(result.seconds) + ": " +
          number(result.orders_per_second()) + " orders a second, " +
          number(peak_rss_bytes() >> 20) + " MiB of memory at the most.\n";
  if (!proof.clean()) return text + to_text(proof);
  return text + "  " +
         styled(stdout, "32", "Every order is accounted for: none lost, none twice.") + '\n';
}

Result run(Embedded& system, InvoiceSource& source, Progress& progress) {
  const auto begin = Clock::now();
  const auto resources = system.set_up();
  system.start_functions(resources);
  Producer producer(system.s3(), resources.bucket, source);
  producer.start(system.pool().get_executor(), kUploadsAtOnce);
  try {
    watch(system, resources, producer, source.count(), progress);
  } catch (...) {
    // The engine answers nothing more, so the uploads end; they refer to the producer until then.
    system.stop();
    system.check();  // whoever was answered first, the disk's failure says why
    throw;
  }
  Result result;
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  result.orders = producer.put();
  progress.show("  checking every invoice …");
  result.shipping = system.shipping().totals();
  const auto totals = system.sales().totals();
  result.recorded = static_cast<std::uint64_t>(totals.sales.invoices + totals.refunds.invoices);
  result.reconciliation = reconcile(system, resources);
  result.uploaded = result.reconciliation.objects;
  progress.clear();
  return result;
}

}  // namespace

int demo(const DemoOptions& options) {
  const auto source = options.from ? from_file(*options.from) : generated(options.orders);
  catch_stop_signals();
  const auto directory =
      options.data ? DataDirectory::for_writing(*options.data) : DataDirectory::temporary();
  Progress progress(options.json);
  Embedded system({directory, [&progress](std::string_view line) { progress.note(line); },
                   options.opening_stock});
  const Result result = run(system, *source, progress);
  if (options.json) {
    std::cout << boost::json::serialize(to_json(result)) << '\n';
  } else {
    std::cout << to_text(result, system.sales());
    if (options.data) {
      std::cout << "  Kept in " << options.data->string()
                << ": see doorbuster report, reconcile and dlq with --data.\n";
    }
  }
  return result.reconciliation.clean() ? 0 : 1;
}

}  // namespace doorbuster::cli
