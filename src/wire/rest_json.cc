#include "wire/rest_json.h"

#include <algorithm>
#include <array>
#include <utility>

#include "wire/encoding.h"
#include "wire/errors.h"
#include "wire/json.h"
#include "wire/rest_head.h"

namespace doorbuster::wire {
namespace {

using Labels = std::vector<std::pair<std::string_view, std::string>>;

// What AWS takes: a zip of 50 MiB in base64, and a function's payload.
constexpr std::uint64_t document_max = 70'167'211;
constexpr std::uint64_t payload_max = 6'291'456;

bool speaks_rest_json(const Service& service) {
  return !service.operations.empty() && !service.operations.front().rest.path.empty();
}

// The path's labels if it is of that form; a "/" behind it is nothing.
std::optional<Labels> match(std::string_view form, std::string_view path) {
  Labels labels;
  if (path.ends_with('/')) path.remove_suffix(1);
  while (!form.empty() && !path.empty()) {
    const auto wanted = take_until(form, '/');
    const auto segment = take_until(path, '/');
    if (wanted.starts_with('{')) {
      if (segment.empty()) return std::nullopt;
      labels.emplace_back(wanted.substr(1, wanted.size() - 2), unescaped(segment, false));
    } else if (wanted != segment) {
      return std::nullopt;
    }
  }
  if (!form.empty() || !path.empty()) return std::nullopt;
  return labels;
}

std::uint64_t body_max_of(const Operation& operation) {
  return find_place(*operation.input, Place::payload) ? payload_max : document_max;
}

bool find_operation(const Service& service, const RequestHead& head, Route& route) {
  for (const Operation& row : service.operations) {
    if (row.rest.method != head.method) continue;
    if (auto labels = match(row.rest.path, head.path)) {
      route.operation = &row;
      route.service = service.name;
      route.labels = std::move(*labels);
      route.body_max = body_max_of(row);
      return true;
    }
  }
  return false;
}

class RestJsonExchange final : public Exchange {
 public:
  RestJsonExchange(const Route& route, const Service& service, const RequestHead& head,
                   std::string body)
      : route_(route), service_(service), head_(head), body_(std::move(body)) {
    response_.status = route.operation->rest.status;
  }

  void read(const Shape& shape, void* input) override {
    read_head(shape, route_, head_, *service_.wording, input);
    if (const Field* payload = find_place(shape, Place::payload)) {
      as_string(payload->of(input)) = std::move(body_);
    } else if (find_place(shape, Place::body)) {
      read_json(shape, body_, input, *service_.wording);
    }
  }

  void write(const Shape& shape, void* output, std::shared_ptr<void>) override {
    write_head(shape, output, response_);
    if (const Field* payload = find_place(shape, Place::payload)) {
      response_.body.bytes = std::move(as_string(payload->of(output)));
    } else {
      write_json(shape, output, response_.body.bytes);
    }
  }

  Response response() override {
    if (!response_.body.bytes.empty()) {
      response_.headers.emplace_back("Content-Type", "application/json");
    }
    return std::move(response_);
  }

 private:
  const Route& route_;
  const Service& service_;
  const RequestHead& head_;
  std::string body_;
  Response response_;
};

// Errors whose text is in "Message", where the others have it in "message".
constexpr std::array<std::string_view, 4> with_capital = {
    "AccessDeniedException", "ResourceInUseException", "ResourceNotFoundException",
    "ServiceException"};

// What the frame refuses, in the service's words.
cloud::Error in_its_words(const Route& route, const cloud::Error& error) {
  constexpr int too_large = 413;
  if (error.code() != "EntityTooLarge") return in_json(route.service, error);
  const std::string operation(route.operation ? route.operation->name : "requested");
  return {"RequestTooLargeException",
          "Request must be smaller than " + std::to_string(route.body_max) + " bytes for the " +
              (operation == "Invoke" ? "InvokeFunction" : operation) + " operation",
          too_large};
}

}  // namespace

std::optional<Route> rest_json_route(const RequestHead& head, std::string_view service) {
  constexpr int not_found = 404;
  for (const Service* one : services()) {
    if (!speaks_rest_json(*one) || (!service.empty() && one->name != service)) continue;
    Route route;
    route.protocol = Protocol::rest_json;
    route.service = one->name;
    if (find_operation(*one, head, route)) return route;
    if (service.empty()) continue;
    route.body_max = document_max;
    route.error = cloud::Error("UnknownOperationException",
                               "The operation " + std::string(head.method) + ' ' +
                                   std::string(head.path) + " is not known.",
                               not_found);
    return route;
  }
  return std::nullopt;
}

std::unique_ptr<Exchange> rest_json_exchange(const Route& route, const Service& service,
                                             const RequestHead& head, cloud::Body body) {
  return std::make_unique<RestJsonExchange>(route, service, head, std::move(body.bytes));
}

Response rest_json_error(const Route& route, const cloud::Error& told) {
  const cloud::Error error = in_its_words(route, told);
  const bool capital =
      std::find(with_capital.begin(), with_capital.end(), error.code()) != with_capital.end();
  Response response;
  response.status = error.status();
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("x-amzn-ErrorType", error.code());
  std::string& out = response.body.bytes;
  out = error.is_sender_fault() ? R"({"Type":"User",)" : R"({"Type":"Service",)";
  out += capital ? R"("Message":)" : R"("message":)";
  append_json_string(out, error.message());
  if (!error.reason().empty()) append_json_string(out += R"(,"Reason":)", error.reason());
  out += '}';
  return response;
}

}  // namespace doorbuster::wire
