#include "shop/answers.h"

#include <array>
#include <boost/json.hpp>
#include <utility>

namespace doorbuster::shop {
namespace {

using Header = std::pair<std::string_view, std::string_view>;
constexpr std::array<Header, 5> kSecurityHeaders{{
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
     "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
     "require-trusted-types-for 'script'; trusted-types 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
}};

}  // namespace

Problem problem(int status, std::string error, std::chrono::seconds retry_after) {
  Problem result;
  result.status = status;
  result.error = std::move(error);
  result.retry_after = retry_after;
  return result;
}

wire::Response json_response(int status, const boost::json::object& body) {
  return json_response(status, boost::json::serialize(body));
}

wire::Response json_response(int status, std::string body) {
  wire::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  response.body.bytes = std::move(body);
  return response;
}

wire::Response to_response(const Problem& problem) {
  boost::json::object body{{"success", false}, {"error", problem.error}};
  if (!problem.fields.empty()) body["fields"] = problem.fields;
  if (!problem.limits.empty()) body["limits"] = problem.limits;
  auto response = json_response(problem.status, body);
  add_retry_after(response, problem);
  return response;
}

void add_retry_after(wire::Response& response, const Problem& problem) {
  if (problem.retry_after.count() == 0) return;
  response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after.count()));
}

void add_security_headers(wire::Response& response) {
  for (const auto& [name, value] : kSecurityHeaders) response.headers.emplace_back(name, value);
}

}  // namespace doorbuster::shop
