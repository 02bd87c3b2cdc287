#include "runtime/bootstrap.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

#include "cloud/error.h"
#include "documents/json_text.h"
#include "runtime/exchange.h"

namespace doorbuster::runtime {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr const char* kErrorType = "Lambda-Runtime-Function-Error-Type";

class Connection {
 public:
  Connection(const asio::any_io_executor& executor, std::string api)
      : api_(std::move(api)), socket_(executor) {}

  cloud::Async<void> open() {
    const auto colon = api_.rfind(':');
    tcp::resolver resolver(socket_.get_executor());
    const auto found = co_await resolver.async_resolve(api_.substr(0, colon),
                                                       api_.substr(colon + 1), asio::use_awaitable);
    co_await asio::async_connect(socket_, found, asio::use_awaitable);
    socket_.set_option(tcp::no_delay(true));
  }

  cloud::Async<Response> get(const std::string& path) {
    const Request request = request_for(http::verb::get, path);
    co_return co_await exchange(request);
  }

  // `error_type` is empty for an answer.
  cloud::Async<void> post(const std::string& path, std::string body,
                          const std::string& error_type = "") {
    Request request = request_for(http::verb::post, path);
    request.set(http::field::content_type, "application/json");
    if (!error_type.empty()) request.set(kErrorType, error_type);
    request.body() = std::move(body);
    request.prepare_payload();
    co_await exchange(request);
  }

 private:
  Request request_for(http::verb method, const std::string& path) const {
    Request request(method, "/2018-06-01/runtime/" + path, 11);
    request.set(http::field::host, api_);
    return request;
  }

  cloud::Async<Response> exchange(const Request& request) {
    co_await http::async_write(socket_, request, asio::use_awaitable);
    http::response_parser<http::string_body> parser;
    parser.body_limit(2 * kPayloadMax);
    co_await http::async_read(socket_, buffer_, parser, asio::use_awaitable);
    co_return parser.release();
  }

  const std::string api_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

struct Failure {
  std::string type;
  std::string message;
};

std::string failure_json(const Failure& failure, const std::string& request_id) {
  return json::serialize(json::object{{"errorMessage", failure.message},
                                      {"errorType", failure.type},
                                      {"requestId", request_id},
                                      {"stackTrace", json::array()}});
}

Failure failure_of(const std::exception& error) {
  const auto* named = dynamic_cast<const cloud::Error*>(&error);
  return named ? Failure{named->code(), named->message()} : Failure{"Error", error.what()};
}

// The handler's answer as JSON, or why there is none.
cloud::Async<std::string> run(const cloud::Handler& handler, const std::string& event,
                              cloud::Context context, std::optional<Failure>& failure) {
  try {
    const auto result = co_await handler(json::parse(event), std::move(context));
    co_return documents::to_text(result);
  } catch (const std::exception& e) {
    failure = failure_of(e);
  }
  co_return "";
}

cloud::Async<void> serve(std::string api, std::string function_name, cloud::Handler handler) {
  Connection connection(co_await asio::this_coro::executor, std::move(api));
  co_await connection.open();
  for (;;) {
    const Response next = co_await connection.get("invocation/next");
    const std::string request_id(next["Lambda-Runtime-Aws-Request-Id"]);
    cloud::Context context;
    context.FunctionName = function_name;
    context.AwsRequestId = request_id;
    std::optional<Failure> failure;
    std::string answer = co_await run(handler, next.body(), std::move(context), failure);
    const std::string path = "invocation/" + request_id;
    if (failure) {
      std::string error = failure_json(*failure, request_id);
      co_await connection.post(path + "/error", std::move(error), failure->type);
    } else {
      co_await connection.post(path + "/response", std::move(answer));
    }
  }
}

// The handler of that name, or why there is none.
cloud::Handler make_handler(const std::map<std::string, MakeHandler>& makers,
                            const std::string& name, std::optional<Failure>& failure) {
  const auto make = makers.find(name);
  if (make == makers.end()) {
    failure = {"Runtime.HandlerNotFound", "There is no handler " + name};
    return {};
  }
  try {
    return make->second();
  } catch (const std::exception& e) {
    failure = failure_of(e);
    return {};
  }
}

cloud::Async<void> report(std::string api, Failure failure) {
  Connection connection(co_await asio::this_coro::executor, std::move(api));
  co_await connection.open();
  std::string error = failure_json(failure, "");
  co_await connection.post("init/error", std::move(error), failure.type);
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): never set here
  if (!value)
    throw std::runtime_error(std::string(name) + " is not set: this is for Lambda to run");
  return value;
}

}  // namespace

int run_bootstrap(const std::map<std::string, MakeHandler>& makers) {
  try {
    const std::string api = variable("AWS_LAMBDA_RUNTIME_API");
    const std::string name = variable("_HANDLER");
    const std::string function_name = variable("AWS_LAMBDA_FUNCTION_NAME");
    std::optional<Failure> failure;
    auto handler = make_handler(makers, name, failure);
    asio::io_context context(1);
    auto work = failure ? report(api, *failure) : serve(api, function_name, std::move(handler));
    auto end = asio::co_spawn(context, std::move(work), asio::use_future);
    context.run();
    end.get();
  } catch (const std::exception& e) {
    std::cerr << "bootstrap: " << e.what() << std::endl;
  }
  return 1;
}

}  // namespace doorbuster::runtime
