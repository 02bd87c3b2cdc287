#include "wire/client.h"

#include <array>
#include <boost/json.hpp>

#include "wire/encoding.h"
#include "wire/json.h"
#include "wire/query.h"
#include "wire/rest_client.h"
#include "wire/xml.h"

namespace doorbuster::wire {
namespace {

namespace json = boost::json;

constexpr std::size_t answer_bytes_max = 16 << 20;

bool is_rest(const Service& service) {
  return service.target.empty() && service.version.empty();
}

Request json_request(const Service& service, const Operation& operation, const void* input) {
  Request request;
  request.headers = {
      {"Content-Type", "application/x-amz-json-1.0"},
      {"X-Amz-Target", std::string(service.target) + '.' + std::string(operation.name)}};
  write_json(*operation.input, input, request.body.bytes);
  return request;
}

Request query_request(const Service& service, const Operation& operation, const void* input) {
  Request request;
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  std::string& form = request.body.bytes;
  form = "Action=" + std::string(operation.name) + "&Version=" + std::string(service.version);
  write_query(*operation.input, input, form);
  return request;
}

std::string text_member(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(name);
  return member != nullptr && member->is_string() ? std::string(member->get_string()) : "";
}

// {"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "…"}, or without a type if the
// header `code` says it.
cloud::Error json_error_in(const std::string& body, std::string code, int status) {
  json::error_code ec;
  const json::value parsed = json::parse(body, ec);
  const auto* object = ec ? nullptr : parsed.if_object();
  if (object != nullptr && code.empty()) code = text_member(*object, "__type");
  if (code.empty()) return unexplained(status);
  code.erase(0, code.find('#') + 1);
  if (object == nullptr) return {code, "", status};
  std::string message = text_member(*object, "message");
  if (message.empty()) message = text_member(*object, "Message");
  return {code, message, status, text_member(*object, "Reason")};
}

// "ResourceNotFoundException:http://…", as REST with JSON names an error.
std::string error_type(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (equal_ignoring_case(name, "x-amzn-ErrorType")) return value.substr(0, value.find(':'));
  }
  return {};
}

void read_result(const Service& service, const Operation& operation, const std::string& body,
                 void* output) {
  if (operation.output == nullptr) return;
  if (!service.target.empty()) return read_json(*operation.output, body, output, answer_wording);
  const std::string name(operation.name);
  const std::string root = name + "Response";
  const std::string result = name + "Result";
  const std::array<std::string_view, 2> path = {root, result};
  read_xml(*operation.output, body, path, output, answer_wording);
}

}  // namespace

Request write_request(const Service& service, const Operation& operation, void* input) {
  if (is_rest(service)) return rest_request(operation, input);
  if (service.target.empty()) return query_request(service, operation, input);
  return json_request(service, operation, input);
}

cloud::Async<void> read_response(const Service& service, const Operation& operation,
                                 Response response, void* output) {
  const bool failed = response.status < 200 || response.status >= 300;
  if (is_rest(service) && !failed) {
    co_await read_rest_response(operation, std::move(response), output);
    co_return;
  }
  const std::string body = co_await cloud::read_all(std::move(response.body), answer_bytes_max);
  if (!failed) co_return read_result(service, operation, body, output);
  const bool is_json = !service.target.empty() || !operation.rest.path.empty();
  if (!is_json) throw xml_error_in(body, response.status);
  throw json_error_in(body, error_type(response), response.status);
}

}  // namespace doorbuster::wire
