// Which operation a request is for.
#include "wire/encoding.h"
#include "wire/operations.h"
#include "wire/rest.h"
#include "wire/rest_json.h"
#include "wire/server.h"

namespace doorbuster::wire {
namespace {

// Enough for the greatest message or batch of SQS (1 MiB) with every byte escaped.
constexpr std::uint64_t json_body_max = 8 << 20;
constexpr std::uint64_t query_body_max = 8 << 20;

// "SERVICE" in AKID/DATE/REGION/SERVICE/aws4_request.
std::string_view service_of_credential(std::string_view credential) {
  for (int part = 0; part < 3; ++part) take_until(credential, '/');
  return take_until(credential, '/');
}

std::string service_of_head(const RequestHead& head) {
  if (const auto authorization = head.header("authorization")) {
    constexpr std::string_view mark = "Credential=";
    const auto at = authorization->find(mark);
    if (at == std::string_view::npos) return {};
    std::string_view credential = authorization->substr(at + mark.size());
    credential = trimmed(take_until(credential, ','));
    return std::string(service_of_credential(credential));
  }
  const auto credential = parameter(head.query, "X-Amz-Credential");
  return credential ? std::string(service_of_credential(*credential)) : std::string();
}

bool is_form(const RequestHead& head) {
  return head.header("content-type").value_or("").starts_with("application/x-www-form-urlencoded");
}

bool waits(const Operation* operation) {
  return operation != nullptr &&
         (operation->name == "ReceiveMessage" || operation->name == "GetActivityTask");
}

Route json_route(const RequestHead& head, std::string_view target) {
  Route route;
  route.protocol = Protocol::json;
  route.body_max = json_body_max;
  const auto type = head.header("content-type").value_or("");
  route.version = type.starts_with("application/x-amz-json-1.1") ? "1.1" : "1.0";
  const std::string_view prefix = take_until(target, '.');
  for (const Service* service : services()) {
    if (service->target.empty() || service->target != prefix) continue;
    route.service = service->name;
    route.operation = service->find(target);
  }
  route.waits = waits(route.operation);
  if (route.operation == nullptr) {
    route.error = cloud::Error("UnknownOperationException",
                               "The operation " + std::string(target) + " is not known.");
  } else if (head.method != "POST") {
    route.error = cloud::Error("UnknownOperationException", "The method must be POST.");
  }
  return route;
}

Route query_route(std::string service) {
  Route route;
  route.protocol = Protocol::query;
  route.body_max = query_body_max;
  route.service = std::move(service);
  return route;
}

}  // namespace

Route route(const RequestHead& head, std::string_view domain) {
  if (const auto target = head.header("x-amz-target")) return json_route(head, *target);
  std::string service = service_of_head(head);
  if (service == "s3") return s3_route(head, domain);
  if (auto found = rest_json_route(head, service)) return *std::move(found);
  const bool names_action = parameter(head.query, "Action").has_value();
  if (!service.empty() || names_action || (head.method == "POST" && is_form(head))) {
    return query_route(std::move(service));
  }
  return s3_route(head, domain);
}

void resolve(Route& route, const RequestHead& head, std::string_view body) {
  if (route.protocol != Protocol::query || route.operation != nullptr || route.error) return;
  const auto of = [&](std::string_view name) {
    const auto value = parameter(head.query, name);
    return value ? value : parameter(body, name);
  };
  const std::string action = of("Action").value_or("");
  const std::string version = of("Version").value_or("");
  if (action.empty()) {
    route.error = cloud::Error("MissingAction", "The request must contain the parameter Action.");
    return;
  }
  if (route.service.empty()) {
    for (const Service* service : services()) {
      if (service->version.empty() || service->find(action) == nullptr) continue;
      if (version.empty() || version == service->version) route.service = service->name;
    }
  }
  if (const Service* service = find_service(route.service)) route.operation = service->find(action);
  route.waits = waits(route.operation);
  if (route.operation == nullptr) {
    route.error = cloud::Error(
        "InvalidAction", "Could not find operation " + action + " for version " + version + ".");
  }
}

}  // namespace doorbuster::wire
