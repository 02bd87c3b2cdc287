// The checkout half in this process: executions, their tasks and their functions.
#include <array>
#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "cases.h"
#include "cli/checkout_reconcile.h"
#include "cli/embedded.h"
#include "cli/order_sender.h"
#include "functions/concurrently.h"
#include "runtime/process_host.h"
#include "states_language.h"

namespace doorbuster::bench {
namespace {

namespace json = boost::json;
using cloud::Async;

constexpr std::uint64_t kOrders = 20'000;
constexpr int kSenders = 8;
constexpr std::uint64_t kSlowOrders = 10'000;
constexpr std::chrono::milliseconds kSlowPayment{2'000};
constexpr std::uint64_t kWaiting = 100'000;
constexpr int kPasses = 100;
constexpr std::uint64_t kChains = 2'000;
constexpr std::size_t kInlineItems = 1'000;
constexpr std::size_t kDistributedItems = 10'000;
constexpr int kColdCalls = 10;
constexpr int kWarmCalls = 1'000;
constexpr std::size_t kStartsAtOnce = 256;
constexpr std::chrono::milliseconds kLookEvery{2};
constexpr const char* kRole = "arn:aws:iam::000000000000:role/bench";

// `doorbuster up` without its door.
struct System {
  explicit System(const std::filesystem::path& path, std::chrono::milliseconds payment = {})
      : directory(cli::DataDirectory::for_writing(path)),
        zips({.code = directory.functions() / "code", .logs = directory.functions() / "logs"},
             clock),
        embedded({.directory = directory, .log = {}, .zips = &zips, .checkout = paid_in(payment)}) {
    embedded.start_lambda();
    embedded.start_tasks();
  }
  ~System() { zips.stop(); }

  static cli::CheckoutOptions paid_in(std::chrono::milliseconds payment) {
    cli::CheckoutOptions options;
    options.payments.latency = payment;
    return options;
  }

  std::string make_machine(const std::string& name, const json::value& definition) {
    cloud::CreateStateMachineInput request;
    request.name = name;
    request.roleArn = kRole;
    request.definition = json::serialize(definition);
    return embedded.wait(embedded.step_functions().CreateStateMachine(std::move(request)))
        .stateMachineArn;
  }

  void start(const std::string& arn, const json::value& input, std::uint64_t count);
  void wait_until_ended(const std::string& arn);
  double seconds_of(const std::string& arn, const json::value& input, std::uint64_t count) {
    const Stopwatch watch;
    start(arn, input, count);
    wait_until_ended(arn);
    return watch.seconds();
  }

  const cloud::SystemClock clock;
  const cli::DataDirectory directory;
  runtime::ProcessHost zips;
  cli::Embedded embedded;
};

Async<void> start_all(cloud::StepFunctions& service, std::string arn, std::string input,
                      std::uint64_t count) {
  std::function<Async<void>(std::size_t)> start_one = [&](std::size_t) -> Async<void> {
    cloud::StartExecutionInput request;
    request.stateMachineArn = arn;
    request.input = input;
    co_await service.StartExecution(std::move(request));
  };
  co_await functions::concurrently(count, kStartsAtOnce, std::move(start_one));
}

void System::start(const std::string& arn, const json::value& input, std::uint64_t count) {
  embedded.wait(start_all(embedded.step_functions(), arn, json::serialize(input), count));
}

void System::wait_until_ended(const std::string& arn) {
  cloud::ListExecutionsInput running;
  running.stateMachineArn = arn;
  running.statusFilter = "RUNNING";
  running.maxResults = 1;
  const auto look = [&] {
    return embedded.wait(embedded.step_functions().ListExecutions(running));
  };
  while (!look().executions.empty()) std::this_thread::sleep_for(kLookEvery);
  running.statusFilter = "FAILED";
  if (!look().executions.empty()) throw std::runtime_error("an execution of " + arn + " failed");
}

// --- What is measured -------------------------------------------------------------------------

struct Checkouts {
  std::uint64_t completed = 0;
  double seconds = 0;
};

// From the first order sent to the last execution ended.
Checkouts check_out(System& system, std::uint64_t count) {
  cli::Embedded& embedded = system.embedded;
  const auto resources = embedded.set_up();
  const auto checkout = embedded.set_up_checkout(resources);
  const orders::OrderGenerator generator(1, 0);
  const Stopwatch watch;
  cli::OrderSender sender(embedded.sqs(), checkout.orders.url, generator, count);
  sender.start(embedded.pool().get_executor(), kSenders);
  while (!sender.done() || embedded.depth(checkout.orders.url) > 0) {
    std::this_thread::sleep_for(kLookEvery);
  }
  system.wait_until_ended(checkout.state_machine_arn);
  const double seconds = watch.seconds();
  return {cli::reconcile_checkout(embedded, checkout, resources.bucket).completed, seconds};
}

void measure_orders(json::object& figures, const Setting& setting) {
  System system(setting.directory / "orders");
  const auto [completed, seconds] = check_out(system, scaled(setting, kOrders));
  figures["checkouts"] = completed;
  figures["checkouts_per_second"] = static_cast<double>(completed) / seconds;
  figures["peak_rss_bytes"] = peak_rss_bytes();
}

void measure_slow_payments(json::object& figures, const Setting& setting) {
  System system(setting.directory / "slow", kSlowPayment);
  const auto [completed, seconds] = check_out(system, scaled(setting, kSlowOrders));
  figures["checkouts_with_payments_of_2_s"] = completed;
  figures["checkouts_with_payments_of_2_s_took_s"] = seconds;
}

void measure_transitions(json::object& figures, const Setting& setting) {
  System system(setting.directory / "transitions");
  const auto arn = system.make_machine("Passes", pass_chain(kPasses));
  const std::uint64_t count = scaled(setting, kChains);
  const double seconds = system.seconds_of(arn, json::object(), count);
  figures["transitions_per_second"] = static_cast<double>(count * kPasses) / seconds;
  for (const auto& [mode, items] :
       {std::pair("inline", kInlineItems), std::pair("distributed", kDistributedItems)}) {
    const auto map = system.make_machine(mode, map_over(items, mode));
    const double took = system.seconds_of(map, json::object(), 1);
    figures[std::string(mode) + "_map_items_per_second"] = static_cast<double>(items) / took;
  }
}

void measure_waiting(json::object& figures, const Setting& setting) {
  System system(setting.directory / "waiting");
  const auto arn = system.make_machine("Waiting", wait_for_days());
  system.start(arn, json::object(), 1);
  const auto before = rss_bytes("self");
  const std::uint64_t count = scaled(setting, kWaiting);
  system.start(arn, json::object(), count);
  figures["open_executions"] = count;
  figures["open_executions_rss_bytes"] = rss_bytes("self") - std::min(before, rss_bytes("self"));
}

double ms_a_run(const std::string& command, int runs) {
  const Stopwatch watch;
  for (int i = 0; i < runs; ++i) {
    if (std::system(command.c_str()) != 0) throw std::runtime_error(command + " failed");
  }
  return watch.seconds() * 1'000 / runs;
}

std::string python_zip(const std::filesystem::path& directory) {
  const auto code = directory / "app.py";
  const auto zip = directory / "app.zip";
  std::ofstream(code) << "def handler(event, context): return event\n";
  ms_a_run("python3 -m zipfile -c " + zip.string() + ' ' + code.string(), 1);
  std::ifstream in(zip, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void call(cloud::Lambda& lambda, cli::Embedded& embedded, const std::string& function) {
  cloud::InvokeRequest request;
  request.FunctionName = function;
  request.Payload = "{}";
  const auto result = embedded.wait(lambda.Invoke(std::move(request)));
  if (!result.FunctionError.empty()) throw std::runtime_error(result.Payload);
}

void measure_functions(json::object& figures, const Setting& setting) {
  System system(setting.directory / "functions");
  auto& lambda = system.embedded.lambda();
  const std::string zip = python_zip(setting.directory);
  std::vector<std::string> names;
  for (int i = 0; i < kColdCalls; ++i) {
    cloud::CreateFunctionRequest request;
    request.FunctionName = names.emplace_back("Echo" + std::to_string(i));
    request.Runtime = "python3.11";
    request.Handler = "app.handler";
    request.Role = kRole;
    request.Code.ZipFile = zip;
    system.embedded.wait(lambda.CreateFunction(std::move(request)));
  }
  figures["python_itself_ms"] = ms_a_run("/usr/bin/python3 -s -c pass", kColdCalls);
  const Stopwatch cold;
  for (const auto& name : names) call(lambda, system.embedded, name);
  figures["cold_call_ms"] = cold.seconds() * 1'000 / kColdCalls;
  const Stopwatch warm;
  for (int i = 0; i < kWarmCalls; ++i) call(lambda, system.embedded, names.back());
  figures["warm_call_ms"] = warm.seconds() * 1'000 / kWarmCalls;
}

}  // namespace

json::object checkout(const Setting& setting) {
  json::object figures;
  measure_waiting(figures, setting);
  measure_orders(figures, setting);
  measure_slow_payments(figures, setting);
  measure_transitions(figures, setting);
  measure_functions(figures, setting);
  return figures;
}

}  // namespace doorbuster::bench
