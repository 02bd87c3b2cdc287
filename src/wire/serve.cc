// From a request to its answer, for the protocols that have it all in the body.
#include <optional>
#include <utility>

#include "wire/encoding.h"
#include "wire/errors.h"
#include "wire/json.h"
#include "wire/operations.h"
#include "wire/query.h"
#include "wire/rest.h"
#include "wire/rest_json.h"
#include "wire/server.h"
#include "wire/xml.h"

namespace doorbuster::wire {
namespace {

constexpr int not_modified = 304;
constexpr std::size_t usual_answer = 2048;  // bytes; ten results of a batch have less

std::string json_type(const Route& route) {
  return "application/x-amz-json-" + (route.version.empty() ? "1.0" : route.version);
}

Response with_body(std::string type, std::string body) {
  Response response;
  response.headers.emplace_back("Content-Type", std::move(type));
  response.body.bytes = std::move(body);
  return response;
}

class JsonExchange final : public Exchange {
 public:
  JsonExchange(const Route& route, const Service& service, std::string body)
      : route_(route), service_(service), body_(std::move(body)) {}

  void read(const Shape& shape, void* input) override {
    read_json(shape, body_, input, *service_.wording);
  }
  void write(const Shape& shape, void* output, std::shared_ptr<void>) override {
    answer_.reserve(usual_answer);
    write_json(shape, output, answer_);
  }
  Response response() override {
    if (answer_.empty()) answer_ = "{}";
    return with_body(json_type(route_), std::move(answer_));
  }

 private:
  const Route& route_;
  const Service& service_;
  std::string body_;
  std::string answer_;
};

class QueryExchange final : public Exchange {
 public:
  QueryExchange(const Route& route, const Service& service, const RequestHead& head,
                std::string body, const std::string& request_id)
      : operation_(*route.operation),
        service_(service),
        head_(head),
        body_(std::move(body)),
        request_id_(request_id) {}

  void read(const Shape& shape, void* input) override {
    Form form(head_.query, body_, *service_.wording);
    // SQS takes the queue's own address as well.
    if (service_.name == "sqs" && head_.path.size() > 1 && form.find("QueueUrl") == nullptr) {
      form.add("QueueUrl", "http://" + std::string(head_.header("host").value_or("localhost")) +
                               unescaped(head_.path, false));
    }
    read_query(shape, form, input, *service_.wording);
  }

  void write(const Shape& shape, void* output, std::shared_ptr<void>) override {
    write_xml(shape, output, result_);
  }

  Response response() override {
    const std::string name(operation_.name);
    std::string out = "<?xml version=\"1.0\"?><" + name + "Response xmlns=\"";
    out += service_.namespace_;
    out += "\">";
    // Some clients look for it even where there is nothing in it.
    out += '<' + name + "Result>" + result_ + "</" + name + "Result>";
    out += "<ResponseMetadata><RequestId>" + request_id_ + "</RequestId></ResponseMetadata></" +
           name + "Response>";
    return with_body("text/xml", std::move(out));
  }

 private:
  const Operation& operation_;
  const Service& service_;
  const RequestHead& head_;
  std::string body_;
  const std::string& request_id_;
  std::string result_;
};

std::unique_ptr<Exchange> begin(const Route& route, const RequestHead& head, cloud::Body body,
                                const std::string& request_id) {
  const Service* service = find_service(route.service);
  if (service == nullptr) throw cloud::Error("NotImplemented", "There is no such service.", 501);
  switch (route.protocol) {
    case Protocol::json:
      return std::make_unique<JsonExchange>(route, *service, std::move(body.bytes));
    case Protocol::query:
      return std::make_unique<QueryExchange>(route, *service, head, std::move(body.bytes),
                                             request_id);
    case Protocol::rest_json:
      return rest_json_exchange(route, *service, head, std::move(body));
    case Protocol::s3:
      break;
  }
  return s3_exchange(route, head, std::move(body));
}

Response json_error_response(const Route& route, const cloud::Error& told) {
  const cloud::Error error = in_json(route.service, told);
  const Service* service = find_service(route.service);
  Response response =
      with_body(json_type(route), json_error(service == nullptr ? "" : service->space, error));
  std::string code(query_code(route.service, error.code()));
  code += error.is_sender_fault() ? ";Sender" : ";Receiver";
  response.headers.emplace_back("x-amzn-query-error", std::move(code));
  return response;
}

cloud::Async<Response> serve_alone(const Route& route, const RequestHead& head, cloud::Body body,
                                   cloud::Services& services, const cloud::Caller& caller,
                                   const std::string& request_id) {
  if (route.error) throw cloud::Error(*route.error);
  if (route.operation == nullptr) throw cloud::Error("InvalidAction", "No operation was named.");
  if (!route.streams && body.rest) {
    std::string all = co_await cloud::read_all(std::move(body), route.body_max);
    body = cloud::Body(std::move(all));
  }
  if (route.protocol == Protocol::s3) co_await s3_check_owners(route, head, services, caller);
  const auto exchange = begin(route, head, std::move(body), request_id);
  try {
    co_await route.operation->call(services, caller, *exchange);
    co_return exchange->response();
  } catch (const cloud::Error& e) {
    if (e.status() != not_modified) throw;
  }
  co_return co_await s3_not_modified(route, head, services, caller);
}

// The request of a page of another origin.
cloud::Async<Response> serve_origin(const Route& route, const RequestHead& head, cloud::Body body,
                                    cloud::Services& services, const cloud::Caller& caller,
                                    const std::string& request_id) {
  const Response cors = co_await s3_cors(route, head, services, caller);
  Response response;
  std::optional<cloud::Error> error;
  try {
    response = co_await serve_alone(route, head, std::move(body), services, caller, request_id);
  } catch (const cloud::Error& e) {
    error = e;
  }
  if (error) response = error_response(route, head, *error, request_id);
  for (const auto& header : cors.headers) response.headers.push_back(header);
  co_return response;
}

}  // namespace

cloud::Async<Response> serve(const Route& route, const RequestHead& head, cloud::Body body,
                             cloud::Services& services, const cloud::Caller& caller,
                             const std::string& request_id) {
  if (route.protocol == Protocol::s3 && head.header("origin") && head.method != "OPTIONS") {
    co_return co_await serve_origin(route, head, std::move(body), services, caller, request_id);
  }
  co_return co_await serve_alone(route, head, std::move(body), services, caller, request_id);
}

Response error_response(const Route& route, const RequestHead& head, const cloud::Error& error,
                        const std::string& request_id) {
  if (route.protocol == Protocol::s3) return s3_error(route, head, error, request_id);
  if (route.protocol == Protocol::rest_json) return rest_json_error(route, error);
  Response response;
  if (route.protocol == Protocol::json) {
    response = json_error_response(route, error);
  } else {
    const Service* service = find_service(route.service);
    response = with_body(
        "text/xml", query_error(route.service, service == nullptr ? "" : service->namespace_, error,
                                request_id));
  }
  response.status = error.status();
  return response;
}

}  // namespace doorbuster::wire
