#include "console/console.h"

#include <algorithm>
#include <boost/json.hpp>
#include <boost/system/system_error.hpp>
#include <limits>
#include <utility>

#include "cloud/error.h"
#include "console/compression.h"
#include "console/metrics.h"
#include "console/sales.h"
#include "console/workers.h"
#include "shop/answers.h"
#include "shop/assets.h"
#include "shop/requests.h"
#include "wire/encoding.h"
#include "wire/prometheus.h"
#include "wire/timestamps.h"

namespace doorbuster::console {
namespace {

namespace json = boost::json;
using shop::json_response;
using shop::Problem;
using shop::problem;

constexpr std::string_view kPath = "/console";
constexpr std::string_view kApiPath = "/console/api";
constexpr std::string_view kMetricsPath = "/metrics";
constexpr std::size_t kBodyMax = std::size_t{64} * 1024;
constexpr std::size_t kDateLength = 10;       // "2026-11-27"
constexpr std::size_t kFunctionNameMax = 64;  // characters, as Lambda's
constexpr std::chrono::seconds kStreamsAgain{10};

// Whether the path is this one, or one under it.
bool is_under(std::string_view directory, std::string_view path) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

wire::Response refusal(const Problem& problem) {
  auto response = json_response(problem.status, json::object{{"error", problem.error}});
  shop::add_retry_after(response, problem);
  if (problem.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

// Its user is who runs the system, and may know what a service says.
Problem problem_of(const cloud::Error& error) {
  if (error.code() == "QueueDoesNotExist") {
    return problem(409, "There is no such queue yet: doorbuster setup makes it.");
  }
  return problem(error.status(), error.message());
}

cloud::Async<json::object> read_json(gateway::Request& request) {
  if (!shop::is_json(request.head())) throw problem(415, "Only application/json is taken here.");
  const std::string body = co_await shop::read_body(request, kBodyMax);
  json::error_code error;
  json::value value = json::parse(body, error);
  if (error) throw problem(400, "The body is not JSON: " + error.message() + '.');
  if (!value.is_object()) throw problem(400, "The body must be a JSON object.");
  co_return std::move(value.get_object());
}

// What may be asked for in a query: by which name, how much of it, and how much there is without.
struct Amount {
  const char* name;
  std::int64_t min;
  std::int64_t max;
  std::int64_t usual;
};
constexpr Amount kLetters{"limit", 1, 100, 50};
constexpr Amount kAfter{"after", 0, std::numeric_limits<std::int64_t>::max(), 0};
constexpr Amount kLines{"lines", 1, 10'000, 200};

std::uint64_t amount_in(const wire::RequestHead& head, const Amount& amount) {
  const auto text = wire::parameter(head.query, amount.name);
  const auto number = text ? wire::to_integer(*text) : amount.usual;
  if (number && *number >= amount.min && *number <= amount.max) {
    return static_cast<std::uint64_t>(*number);
  }
  throw problem(400, '"' + std::string(amount.name) + "\" must be a number from " +
                         std::to_string(amount.min) + " to " + std::to_string(amount.max) + '.');
}

std::string text_in(const wire::RequestHead& head, const char* name) {
  return wire::parameter(head.query, name).value_or("");
}

bool is_function_name(std::string_view name) {
  return name.size() <= kFunctionNameMax && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                  c == '-' || c == '_';
         });
}

cloud::Async<void> require_function(cloud::Lambda& lambda, std::string name) {
  cloud::GetFunctionConfigurationRequest request;
  request.FunctionName = name;
  try {
    co_await lambda.GetFunctionConfiguration(std::move(request));
  } catch (const cloud::Error& e) {
    if (e.status() != 404) throw;
    throw problem(404, "There is no function " + name + '.');
  }
}

Problem not_allowed(const std::string& methods) {
  return problem(405, "Only " + methods + " is possible here.");
}

wire::Response no_content() {
  wire::Response response;
  response.status = 204;
  return response;
}

Lookout::Look all_metrics(const ReadTotals& read_totals) {
  return [read_totals]() -> cloud::Async<json::object> {
    const auto totals = co_await read_totals();
    co_return to_json(totals);
  };
}

LoadParts load_parts(const ConsoleParts& parts) {
  return {parts.account.sqs, parts.clock, parts.random, sleep_for, parts.workers};
}

}  // namespace

const Console::Route Console::kRoutes[] = {
    {"POST", "/session", &Console::sign_in},
    {"DELETE", "/session", &Console::sign_out},
    {"GET", "/system", &Console::system},
    {"GET", "/metrics", &Console::metrics},
    {"GET", "/live", &Console::live},
    {"GET", "/dead-letters", &Console::dead_letters},
    {"GET", "/dead-letters/kinds", &Console::letter_kinds},
    {"POST", "/dead-letters/redrive", &Console::redrive},
    {"POST", "/dead-letters/delete", &Console::remove},
    {"GET", "/sales", &Console::sales},
    {"GET", "/sales.csv", &Console::sales_csv},
    {"POST", "/load", &Console::start_load},
    {"DELETE", "/load", &Console::stop_load},
    {"GET", "/functions/*/log", &Console::function_log},
};

Console::Console(ConsoleOptions options, const ConsoleParts& parts)
    : options_(std::move(options)),
      parts_(parts),
      guard_(options_.token, parts.random, parts.clock),
      aws_(parts.services, parts.account.scope, parts.clock, options_.log),
      cloud_watch_(parts.services.cloud_watch(cloud::Caller{parts.account.scope})),
      dead_letters_(parts.account.sqs, parts.account.scope, parts.shipping, parts.sales,
                    parts.workers, parts.browse),
      load_(load_parts(parts)),
      lookout_(parts.workers, all_metrics(parts.read_totals), parts.clock, minute_),
      streams_(options_.streams_max) {}

void Console::stop() {
  lookout_.stop();
  load_.stop();
}

bool Console::serves(std::string_view path) {
  return is_under(kPath, path) || path == kMetricsPath;
}

cloud::Async<wire::Response> Console::answer(gateway::Request& request) {
  wire::Response response;
  try {
    response = co_await serve(request);
  } catch (const Problem& e) {
    response = refusal(e);
  } catch (const cloud::Error& e) {
    response = refusal(problem_of(e));
  } catch (const boost::system::system_error&) {
    throw;
  } catch (const std::exception& e) {
    options_.log("request " + request.id() + " to the console failed: " + e.what());
    response = refusal(problem(500, "Something went wrong on our side."));
  }
  shop::add_security_headers(response);
  co_return response;
}

wire::Response Console::refuse(const cloud::Error& error, const std::string&) {
  auto response = refusal(problem(error.status(), error.message()));
  shop::add_security_headers(response);
  return response;
}

cloud::Async<wire::Response> Console::serve(gateway::Request& request) {
  const auto& head = request.head();
  guard_.check_host(head);
  if (head.path == kMetricsPath) co_return co_await prometheus(request);
  if (is_under(kApiPath, head.path)) {
    co_return co_await api(request, head.path.substr(kApiPath.size()));
  }
  if (!is_under(kAwsPath, head.path)) co_return page(head);
  guard_.check_origin(head);
  guard_.check_session(head);
  co_return co_await aws_.answer(request);
}

// It shows nothing by itself, so everybody may have it.
wire::Response Console::page(const wire::RequestHead& head) const {
  if (!shop::is_method("GET", head.method)) throw not_allowed("GET");
  auto response = shop::shop_assets().get("/console.html", head);
  if (response.status == 404) throw problem(404, "This program was built without the console.");
  return response;
}

cloud::Async<wire::Response> Console::api(gateway::Request& request, std::string_view path) {
  const auto& head = request.head();
  guard_.check_origin(head);
  const bool signs_in = path == "/session";
  if (!signs_in) guard_.check_session(head);
  std::string allowed;
  for (const Route& route : kRoutes) {
    const auto name = shop::match(route.path, path);
    if (!name) continue;
    if (shop::is_method(route.method, head.method)) {
      auto response = co_await (this->*route.page)(request, *name);
      compress(response, head);
      co_return response;
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
  }
  if (allowed.empty()) throw problem(404, "There is nothing here.");
  auto response = refusal(not_allowed(allowed));
  response.headers.emplace_back("Allow", allowed);
  co_return response;
}

cloud::Async<wire::Response> Console::sign_in(gateway::Request& request, std::string_view) {
  const auto body = co_await read_json(request);
  const auto* token = body.if_contains("token");
  const bool there = token != nullptr && token->is_string();
  const auto cookie =
      guard_.sign_in(there ? std::string_view(token->get_string()) : "", request.secure());
  auto response = no_content();
  if (!cookie.empty()) response.headers.emplace_back("Set-Cookie", cookie);
  co_return response;
}

cloud::Async<wire::Response> Console::sign_out(gateway::Request& request, std::string_view) {
  auto response = no_content();
  response.headers.emplace_back("Set-Cookie", guard_.sign_out(request.head(), request.secure()));
  co_return response;
}

cloud::Async<wire::Response> Console::system(gateway::Request&, std::string_view) {
  const auto answer = co_await describe_system(parts_.account, options_.site);
  co_return json_response(200, answer);
}

cloud::Async<wire::Response> Console::metrics(gateway::Request& request, std::string_view) {
  std::string query(request.head().query);
  auto wanted = co_await read_metric_query(*cloud_watch_, parts_.account.scope, std::move(query));
  const auto answer = co_await metric_data(*cloud_watch_, std::move(wanted));
  co_return json_response(200, answer);
}

cloud::Async<wire::Response> Console::prometheus(gateway::Request& request) {
  guard_.check_bearer(request.head());
  if (!shop::is_method("GET", request.head().method)) throw not_allowed("GET");
  const auto totals = co_await parts_.read_totals();
  wire::Response response;
  response.headers = {{"Content-Type", wire::kPrometheusContentType}};
  response.body.bytes = wire::prometheus_text(totals);
  co_return response;
}

cloud::Async<json::object> Console::look(bool first) {
  const auto totals = co_await parts_.read_totals();
  const auto now = parts_.clock.now();
  auto metrics = to_json(totals);
  minute_->take(now, metrics);
  json::object seen{{"at", now.time_since_epoch().count()}};
  if (first) {
    if (auto before = minute_->before(now, metrics); !before.empty()) {
      seen["before"] = std::move(before);
    }
  }
  seen["metrics"] = std::move(metrics);
  seen["load"] = to_json(load_.status());
  co_return seen;
}

cloud::Async<wire::Response> Console::live(gateway::Request&, std::string_view) {
  auto place = streams_.take();
  if (!place) {
    throw problem(503, "Too many are watching: look again in a moment.", kStreamsAgain);
  }
  LiveStream::Look look_now = [this](bool first) { return look(first); };
  wire::Response response;
  response.headers = {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}};
  response.body.rest =
      std::make_shared<LiveStream>(options_.live, std::move(look_now), std::move(place));
  co_return response;
}

cloud::Async<wire::Response> Console::dead_letters(gateway::Request& request, std::string_view) {
  const auto& head = request.head();
  const auto limit = amount_in(head, kLetters);
  const auto after = amount_in(head, kAfter);
  const auto answer =
      co_await dead_letters_.list(text_in(head, "queue"), after, limit, text_in(head, "kind"));
  co_return json_response(200, answer);
}

cloud::Async<wire::Response> Console::letter_kinds(gateway::Request& request, std::string_view) {
  const auto answer = co_await dead_letters_.kinds(text_in(request.head(), "queue"));
  co_return json_response(200, answer);
}

cloud::Async<wire::Response> Console::redrive(gateway::Request& request, std::string_view) {
  const auto body = co_await read_json(request);
  auto chosen = chosen_letters(body);
  const auto answer = co_await dead_letters_.redrive(std::move(chosen));
  co_return json_response(200, answer);
}

cloud::Async<wire::Response> Console::remove(gateway::Request& request, std::string_view) {
  const auto body = co_await read_json(request);
  auto chosen = chosen_letters(body);
  const auto answer = co_await dead_letters_.remove(std::move(chosen));
  co_return json_response(200, answer);
}

cloud::Async<wire::Response> Console::sales(gateway::Request&, std::string_view) {
  std::function<json::object()> read = [this] { return console::sales(parts_.sales); };
  const auto answer = co_await on_workers(parts_.workers, std::move(read));
  co_return json_response(200, answer);
}

cloud::Async<wire::Response> Console::sales_csv(gateway::Request& request, std::string_view) {
  const std::string by = text_in(request.head(), "by");
  const auto today = wire::iso8601(parts_.clock.now()).substr(0, kDateLength);
  const std::string name = "sales-by-" + by + '-' + today + ".csv";
  std::function<std::string()> read = [this, by] { return console::sales_csv(parts_.sales, by); };
  wire::Response response;
  response.body.bytes = co_await on_workers(parts_.workers, std::move(read));
  response.headers = {{"Content-Type", "text/csv; charset=utf-8; header=present"},
                      {"Content-Disposition", "attachment; filename=\"" + name + '"'},
                      {"Cache-Control", "no-store"}};
  co_return response;
}

cloud::Async<wire::Response> Console::start_load(gateway::Request& request, std::string_view) {
  const auto body = co_await read_json(request);
  co_await load_.start(load_size(body));
  co_return json_response(202, to_json(load_.status()));
}

cloud::Async<wire::Response> Console::stop_load(gateway::Request&, std::string_view) {
  load_.stop();
  co_return no_content();
}

cloud::Async<wire::Response> Console::function_log(gateway::Request& request,
                                                   std::string_view name) {
  const auto lines = amount_in(request.head(), kLines);
  if (!is_function_name(name)) throw problem(400, "This can't be the name of a function.");
  using Lines = std::optional<std::vector<std::string>>;
  std::function<Lines()> read = [this, function = std::string(name), lines] {
    return parts_.read_log(function, lines);
  };
  auto log = co_await on_workers(parts_.workers, std::move(read));
  if (!log) {
    co_await require_function(parts_.account.lambda, std::string(name));
    log.emplace();
  }
  co_return json_response(200, json::object{{"lines", json::value_from(*log)}});
}

}  // namespace doorbuster::console
