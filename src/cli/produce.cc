#include "cli/produce.h"

#include <boost/json.hpp>
#include <iostream>
#include <thread>

#include "cli/terminal.h"

namespace doorbuster::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookEvery{10};

std::string progress_line(std::uint64_t uploaded, std::uint64_t total, double seconds) {
  const auto number = [](std::uint64_t n) { return grouped(static_cast<std::int64_t>(n)); };
  constexpr int kWidth = 20;
  const double done =
      static_cast<double>(uploaded) / static_cast<double>(std::max<std::uint64_t>(total, 1));
  std::string gauge = bar(done, kWidth);
  gauge.append(static_cast<std::size_t>(kWidth) - columns(gauge), ' ');
  std::string line = "  " + gauge + "  uploaded " + number(uploaded) + " of " + number(total);
  if (seconds > 0) {
    line += "  " + number(static_cast<std::uint64_t>(static_cast<double>(uploaded) / seconds)) +
            " a second";
  }
  if (done > 0.02 && done < 1) line += "  " + duration(seconds / done - seconds) + " left";
  return line;
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Until all is uploaded, or what is under way when somebody wants it to stop.
void watch(Producer& producer, std::uint64_t total, Clock::time_point begin, Progress& progress) {
  while (!producer.done()) {
    if (stop_signal() != 0) producer.stop();
    progress.show(progress_line(producer.uploaded(), total, seconds_since(begin)));
    std::this_thread::sleep_for(kLookEvery);
  }
  progress.clear();
  if (producer.error()) std::rethrow_exception(producer.error());
}

}  // namespace

int produce(const ProduceOptions& options) {
  const auto source = options.from ? from_file(*options.from) : generated(options.orders);
  const auto system = open_system(options.place);
  const auto resources = system->resources();
  catch_stop_signals();
  Progress progress(options.json);
  const auto begin = Clock::now();
  Producer producer(system->s3(), resources.bucket, *source);
  producer.start(system->pool().get_executor(), options.concurrency);
  watch(producer, source->count(), begin, progress);
  const double seconds = seconds_since(begin);
  const auto uploaded = producer.uploaded();
  if (stop_signal() != 0) {
    throw CommandError(128 + stop_signal(), "stopped after " + std::to_string(uploaded) + " of " +
                                                std::to_string(source->count()) +
                                                " orders; the same command goes on from here");
  }
  const double rate = static_cast<double>(uploaded) / seconds;
  if (options.json) {
    std::cout << boost::json::serialize(boost::json::object{{"bucket", resources.bucket},
                                                            {"uploaded", uploaded},
                                                            {"seconds", seconds},
                                                            {"orders_per_second", rate}})
              << '\n';
  } else {
    std::cout << "  " << grouped(static_cast<std::int64_t>(uploaded)) << " orders are in "
              << resources.bucket << ", after " << duration(seconds) << ": "
              << grouped(static_cast<std::int64_t>(rate)) << " orders a second.\n";
  }
  return 0;
}

}  // namespace doorbuster::cli
