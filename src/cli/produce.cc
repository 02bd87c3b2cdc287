#include "cli/produce.h"

#include <boost/json.hpp>
#include <iostream>
#include <thread>

#include "cli/order_sender.h"
#include "cli/terminal.h"

namespace doorbuster::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookEvery{10};

// Orders that are where they belong.
struct Count {
  std::uint64_t put = 0;    // by this run
  std::uint64_t found = 0;  // that were there before

  std::uint64_t produced() const { return put + found; }
  double rate(double seconds) const { return static_cast<double>(put) / seconds; }
};

std::string progress_line(const Count& count, std::uint64_t total, double seconds) {
  const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
  constexpr int kWidth = 20;
  const double done = static_cast<double>(count.produced()) /
                      static_cast<double>(std::max<std::uint64_t>(total, 1));
  std::string gauge = bar(done, kWidth);
  gauge.append(static_cast<std::size_t>(kWidth) - columns(gauge), ' ');
  std::string line = "  " + gauge + "  " + number(count.produced()) + " of " + number(total);
  if (seconds > 0) {
    line += "  " + number(static_cast<std::uint64_t>(count.rate(seconds))) + " a second";
  }
  if (done > 0.02 && done < 1) line += "  " + duration(seconds / done - seconds) + " left";
  return line;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// What a run has come to.
struct Run {
  Count count;
  double seconds = 0;
};

// Until all is done, or what is under way when somebody wants it to stop. Throws CommandError then.
template <class Producing, class Counting>
Run watch(Producing& producing, Counting count, std::uint64_t total, Progress& progress) {
  const auto begin = Clock::now();
  while (!producing.done()) {
    if (stop_signal() != 0) producing.stop();
    progress.show(progress_line(count(), total, seconds_since(begin)));
    std::this_thread::sleep_for(kLookEvery);
  }
  progress.clear();
  if (producing.error()) std::rethrow_exception(producing.error());
  const Run run{count(), seconds_since(begin)};
  if (stop_signal() == 0) return run;
  throw CommandError(128 + stop_signal(), "stopped after " + std::to_string(run.count.produced()) +
                                              " of " + std::to_string(total) +
                                              " orders; the same command goes on from here");
}

// `where` is what the orders are in, under that name in JSON, `verb` what they were.
void print(const Run& run, const char* kind, const std::string& where, const char* verb,
           bool as_json) {
  const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
  const double rate = run.count.rate(run.seconds);
  if (as_json) {
    std::cout << boost::json::serialize(boost::json::object{{kind, where},
                                                            {verb, run.count.produced()},
                                                            {"seconds", run.seconds},
                                                            {"orders_per_second", rate}})
              << '\n';
  } else {
    const std::string already =
        run.count.found > 0 ? number(run.count.found) + " of them already, " : "";
    std::cout << "  " << number(run.count.produced()) << " orders are in " << where << ", "
              << already << "after " << duration(run.seconds) << ": "
              << number(static_cast<std::uint64_t>(rate)) << " orders a second.\n";
  }
}

int produce_invoices(const ProduceOptions& options) {
  const auto source = options.from ? from_file(*options.from) : generated(options.orders);
  const auto system = open_system(options.place);
  const auto resources = system->resources();
  catch_stop_signals();
  Progress progress(options.json);
  Producer producer(system->s3(), resources.bucket, *source);
  producer.start(system->pool().get_executor(), options.concurrency);
  const auto count = [&producer] { return Count{producer.put(), producer.found()}; };
  const Run run = watch(producer, count, source->count(), progress);
  print(run, "bucket", resources.bucket, "uploaded", options.json);
  return 0;
}

int produce_orders(const ProduceOptions& options) {
  const orders::OrderGenerator generator(options.orders.seed, options.orders.corrupt_share);
  const auto system = open_system(options.place);
  const auto queue = system->checkout().orders;
  catch_stop_signals();
  Progress progress(options.json);
  OrderSender sender(system->sqs(), queue.url, generator, options.orders.orders);
  sender.start(system->pool().get_executor(), options.concurrency);
  const auto count = [&sender] { return Count{sender.sent(), 0}; };
  const Run run = watch(sender, count, options.orders.orders, progress);
  print(run, "queue", queue.name, "sent", options.json);
  return 0;
}

}  // namespace

int produce(const ProduceOptions& options) {
  return options.checkout ? produce_orders(options) : produce_invoices(options);
}

}  // namespace doorbuster::cli
