// The operators' console: its pages, and what they ask of the system. docs/console.md describes it.
//
//   GET        /console, /console/...                the page
//   POST|DEL   /console/api/session                  signs in, and out
//   GET        /console/api/system                   what there is
//   GET        /console/api/metrics                  how it went
//   GET        /console/api/live                     what happens now, as it happens
//   GET        /console/api/dead-letters             what was given up on, and why
//   GET        /console/api/dead-letters/kinds       how much for which reason
//   POST       /console/api/dead-letters/redrive     sends it back
//   POST       /console/api/dead-letters/delete
//   GET        /console/api/sales, .../sales.csv     the books
//   POST|DEL   /console/api/load                     sends orders, and stops
//   GET        /console/api/functions/NAME/log       what a function has printed
//   any        /console/aws/...                      AWS's operations (aws_passage.h)
//   GET        /metrics                              all metrics, for Prometheus
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/json/object.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/services.h"
#include "console/aws_passage.h"
#include "console/dead_letters.h"
#include "console/guard.h"
#include "console/last_minute.h"
#include "console/live.h"
#include "console/load.h"
#include "console/system.h"
#include "functions/sales_database.h"
#include "functions/shipping_database.h"
#include "gateway/handler.h"
#include "shop/places.h"

namespace doorbuster::console {

struct ConsoleOptions {
  Site site;
  std::string token;  // see Guard; empty: only this machine can reach the console
  LiveOptions live;
  std::size_t streams_max = 100;  // that watch live at once
  // Told of what went wrong on our side, from any thread.
  std::function<void(std::string_view)> log = [](std::string_view) {};
};

// The last lines, at most so many, of what a function has printed; nothing if it has no log. Blocks
// its thread. Called on the workers' threads, with the name of a function.
using ReadLog =
    std::function<std::optional<std::vector<std::string>>(std::string name, std::size_t lines)>;

// All metrics as they stand now. Throws cloud::Error.
using ReadTotals = std::function<cloud::Async<std::vector<cloud::MetricTotal>>()>;

// The system that the console is about. All that is referred to outlives the console and its
// operations.
struct ConsoleParts {
  topology::Account account;
  cloud::Services& services;
  functions::ShippingDatabase& shipping;
  functions::SalesDatabase& sales;
  boost::asio::any_io_executor workers;  // where what blocks is done, and loads are
  Browse browse;
  ReadLog read_log;
  ReadTotals read_totals;
  const cloud::Clock& clock;
  std::function<std::string(std::size_t)> random;  // bytes that nobody can guess
};

class Console final : public gateway::Handler {
 public:
  Console(ConsoleOptions options, const ConsoleParts& parts);
  // Looks no more, and sends no load; the workers may still be about it. From any thread.
  void stop();

  // Whether a path is the console's.
  static bool serves(std::string_view path);

  cloud::Async<wire::Response> answer(gateway::Request& request) override;
  wire::Response refuse(const cloud::Error& error, const std::string& request_id) override;

 private:
  using Page = cloud::Async<wire::Response> (Console::*)(gateway::Request&, std::string_view name);
  struct Route {
    std::string_view method;
    std::string_view path;  // behind kApiPath; "*" is the name
    Page page;
  };
  static const Route kRoutes[];

  cloud::Async<wire::Response> serve(gateway::Request& request);
  cloud::Async<wire::Response> api(gateway::Request& request, std::string_view path);
  wire::Response page(const wire::RequestHead& head) const;
  cloud::Async<wire::Response> prometheus(gateway::Request& request);

  cloud::Async<wire::Response> sign_in(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> sign_out(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> system(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> metrics(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> live(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> dead_letters(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> letter_kinds(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> redrive(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> remove(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> sales(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> sales_csv(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> start_load(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> stop_load(gateway::Request& request, std::string_view name);
  cloud::Async<wire::Response> function_log(gateway::Request& request, std::string_view name);

  cloud::Async<boost::json::object> look(bool first);

  const ConsoleOptions options_;
  const ConsoleParts parts_;
  Guard guard_;
  AwsPassage aws_;
  const std::unique_ptr<cloud::CloudWatch> cloud_watch_;
  DeadLetters dead_letters_;
  Load load_;
  const std::shared_ptr<LastMinute> minute_ = std::make_shared<LastMinute>();
  Lookout lookout_;
  shop::Places streams_;
};

}  // namespace doorbuster::console
