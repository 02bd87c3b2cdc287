#include "runtime/runtime_api.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <sstream>

#include "runtime/wording.h"

namespace doorbuster::runtime {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;

constexpr std::size_t kConnectionsMax = 16;            // of a runtime; the next ones are closed
constexpr std::chrono::milliseconds kAcceptAgain{50};  // when the process is out of descriptors
// What is too large to be an answer is read all the same, up to here, so that the runtime gets to
// read why it is refused.
constexpr std::size_t kBodyMax = 4 * kPayloadMax;
constexpr std::string_view kVersion = "/2018-06-01/runtime/";

std::string_view text(boost::beast::string_view s) {
  return {s.data(), s.size()};
}

Response json_response(const Request& request, int status, std::string body) {
  Response response(static_cast<http::status>(status), request.version());
  response.set(http::field::content_type, "application/json");
  response.keep_alive(request.keep_alive());
  response.body() = std::move(body);
  response.prepare_payload();
  return response;
}

Response accepted(const Request& request) {
  return json_response(request, 202, R"({"status":"OK"})");
}

// What a client sent of its own accord must not end the header; in JSON, a space will do as well.
void set_unless_empty(Response& response, const char* name, std::string value) {
  std::replace_if(
      value.begin(), value.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  if (!value.empty()) response.set(name, value);
}

Response task_response(const Request& request, const Task& task) {
  const auto& invocation = task.invocation;
  Response response = json_response(request, 200, invocation.Payload);
  response.set("Lambda-Runtime-Aws-Request-Id", invocation.AwsRequestId);
  response.set("Lambda-Runtime-Deadline-Ms",
               std::to_string(task.deadline.time_since_epoch().count()));
  response.set("Lambda-Runtime-Invoked-Function-Arn", invocation.InvokedFunctionArn);
  set_unless_empty(response, "Lambda-Runtime-Trace-Id", invocation.TraceHeader);
  set_unless_empty(response, "Lambda-Runtime-Client-Context", invocation.ClientContext);
  return response;
}

// A path's parts behind the version.
struct Route {
  std::string_view request_id;
  std::string_view what;  // "next", "response", "error", "init/error"; empty: nothing there is
};

Route route_of(std::string_view path) {
  if (!path.starts_with(kVersion)) return {};
  path.remove_prefix(kVersion.size());
  if (path == "init/error") return {{}, path};
  constexpr std::string_view kInvocation = "invocation/";
  if (!path.starts_with(kInvocation)) return {};
  path.remove_prefix(kInvocation.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return {{}, path == "next" ? path : std::string_view()};
  const auto what = path.substr(slash + 1);
  const bool known = what == "response" || what == "error";
  return {path.substr(0, slash), known ? what : std::string_view()};
}

// A response that is streamed may turn out to be an error at its end: then its trailers say so.
bool failed_while_streaming(const Request& request) {
  return text(request["Lambda-Runtime-Function-Response-Mode"]) == "streaming" &&
         !request["Lambda-Runtime-Function-Error-Type"].empty();
}

void post(Exchange& exchange, const Route& route, Request& request) {
  const std::string type(text(request["Lambda-Runtime-Function-Error-Type"]));
  if (route.what == "init/error") {
    exchange.fail_init(type, std::move(request.body()));
  } else if (route.what == "error") {
    exchange.fail(route.request_id, type, std::move(request.body()));
  } else if (failed_while_streaming(request)) {
    exchange.fail(route.request_id, type,
                  error_json(type, "The function failed while it was streaming its response."));
  } else {
    exchange.answer(route.request_id, std::move(request.body()));
  }
}

// Throws Refusal. There is no response once the exchange is closed.
cloud::Async<std::optional<Response>> respond(Exchange& exchange, Request& request) {
  const std::string path(text(request.target()));
  const Route route = route_of(path);
  if (route.what.empty()) {
    throw Refusal{404, "ResourceNotFound", "There is no " + path + " in the Runtime API."};
  }
  if (request.method() != (route.what == "next" ? http::verb::get : http::verb::post)) {
    throw Refusal{405, "MethodNotAllowed", "The method is not allowed for " + path + "."};
  }
  if (route.what != "next") {
    post(exchange, route, request);
    co_return accepted(request);
  }
  const Task* task = co_await exchange.next();
  if (!task) co_return std::nullopt;
  co_return task_response(request, *task);
}

cloud::Async<std::optional<Response>> respond_or_refuse(Exchange& exchange, Request& request) {
  try {
    co_return co_await respond(exchange, request);
  } catch (const Refusal& refusal) {
    co_return json_response(request, refusal.status,
                            error_json(refusal.errorType, refusal.errorMessage));
  }
}

// An answer that is too large even to be read.
void give_up_on(Exchange& exchange, const Request& request) {
  try {
    exchange.answer_too_large(route_of(text(request.target())).request_id);
  } catch (const Refusal&) {  // there is nobody left to tell
  }
}

// A connection's place among those that close() ends.
class Registration {
 public:
  Registration(std::set<tcp::socket*>& all, tcp::socket& socket) : all_(all), socket_(&socket) {
    all_.insert(socket_);
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() { all_.erase(socket_); }

 private:
  std::set<tcp::socket*>& all_;
  tcp::socket* socket_;
};

}  // namespace

RuntimeApi::RuntimeApi(const asio::any_io_executor& executor, std::shared_ptr<Exchange> exchange)
    : exchange_(std::move(exchange)),
      acceptor_(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

std::string RuntimeApi::authority() const {
  std::ostringstream text;
  text << acceptor_.local_endpoint();
  return text.str();
}

void RuntimeApi::start() {
  asio::co_spawn(acceptor_.get_executor(), accept(shared_from_this()), asio::detached);
}

void RuntimeApi::close() {
  error_code ignored;
  acceptor_.close(ignored);
  for (auto* connection : connections_) connection->close(ignored);
}

cloud::Async<void> RuntimeApi::accept(std::shared_ptr<RuntimeApi> self) {
  auto& acceptor = self->acceptor_;
  while (acceptor.is_open()) {
    error_code failure;
    Socket socket(acceptor.get_executor());
    co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, failure));
    if (failure && acceptor.is_open()) {
      asio::steady_timer pause(acceptor.get_executor(), kAcceptAgain);
      co_await pause.async_wait(asio::use_awaitable);
    } else if (!failure && self->connections_.size() < kConnectionsMax) {
      asio::co_spawn(acceptor.get_executor(), serve(self, std::move(socket)), asio::detached);
    }
  }
}

cloud::Async<void> RuntimeApi::serve(std::shared_ptr<RuntimeApi> self, Socket socket) {
  const Registration registration(self->connections_, socket);
  error_code failure;
  socket.set_option(tcp::no_delay(true), failure);
  boost::beast::flat_buffer buffer;
  for (bool more = true; more;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kBodyMax);
    co_await http::async_read(socket, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, failure));
    if (failure == http::error::body_limit) give_up_on(*self->exchange_, parser.get());
    if (failure) co_return;
    Request request = parser.release();
    auto response = co_await respond_or_refuse(*self->exchange_, request);
    if (!response) co_return;
    more = response->keep_alive();
    co_await http::async_write(socket, *response,
                               asio::redirect_error(asio::use_awaitable, failure));
    if (failure) co_return;
  }
}

}  // namespace doorbuster::runtime
