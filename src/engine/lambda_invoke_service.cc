// Lambda's Invoke.
#include <boost/json.hpp>

#include "documents/json_text.h"
#include "engine/function_calls.h"
#include "engine/function_rules.h"
#include "engine/lambda_service.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr std::size_t kClientContextMax = 3'583;  // bytes, in base64
constexpr int kAccepted = 202;
constexpr int kNoContent = 204;

void check_types(const cloud::InvokeRequest& request) {
  const std::string& type = request.InvocationType;
  if (!type.empty() && type != "RequestResponse" && type != "Event" && type != "DryRun") {
    throw violation(type, "invocationType",
                    "Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
  }
  if (!request.LogType.empty() && request.LogType != "None" && request.LogType != "Tail") {
    throw violation(request.LogType, "logType", "Member must satisfy enum value set: [None, Tail]");
  }
}

void check_payload(const std::string& payload, bool event) {
  constexpr int kTooLarge = 413;
  const std::size_t max = event ? kAsyncPayloadMax : kSyncPayloadMax;
  if (payload.size() > max) {
    throw cloud::Error("RequestTooLargeException",
                       std::to_string(payload.size()) + " byte payload is too large for the " +
                           (event ? "Event" : "RequestResponse") + " invocation type (limit " +
                           std::to_string(max) + " bytes)",
                       kTooLarge);
  }
  json::monotonic_resource memory;
  json::parse_options options;
  options.max_depth = documents::kDepthMax;
  json::error_code bad;
  json::parse(payload, bad, &memory, options);
  if (!bad) return;
  throw cloud::Error("InvalidRequestContentException",
                     "Could not parse request body into json: " + bad.message());
}

// As JSON.
std::string client_context(const std::string& text) {
  if (text.empty()) return {};
  const auto bytes = from_base64(text);
  json::error_code bad;
  if (bytes) json::parse(*bytes, bad);
  if (bytes && !bad && text.size() <= kClientContextMax) return *bytes;
  throw cloud::Error("InvalidRequestContentException",
                     "Client context must be a valid Base64-encoded JSON object of up to 3583 "
                     "bytes.");
}

}  // namespace

cloud::Async<cloud::InvokeResult> LambdaService::Invoke(cloud::InvokeRequest request) {
  check_types(request);
  const bool event = request.InvocationType == "Event";
  const std::string arn = arn_of(request.FunctionName, request.Qualifier);
  if (request.Payload.empty()) request.Payload = "{}";
  check_payload(request.Payload, event);
  cloud::InvokeResult result;
  result.ExecutedVersion = "$LATEST";
  if (request.InvocationType == "DryRun") {
    auto op = [](Machine&, Turn&, const Function&) {};
    co_await with_function<Done>(arn, "InvokeFunction", op);
    result.StatusCode = kNoContent;
    co_return result;
  }
  std::string context = client_context(request.ClientContext);
  if (event) {
    auto op = [arn, request = std::move(request), context = std::move(context)](
                  Machine& m, Turn& turn, const Function&) {
      FunctionEvent accepted;
      accepted.request_id = str(turn.random.uuid());
      accepted.payload = request.Payload;
      accepted.client_context = context;
      accepted.trace_header = request.TraceHeader;
      accepted.accepted = turn.now;
      m.functions.enqueue(turn, arn, accepted);
    };
    co_await with_function<Done>(arn, "InvokeFunction", std::move(op));
    result.StatusCode = kAccepted;
    co_return result;
  }
  cloud::Invocation invocation;
  invocation.Payload = std::move(request.Payload);
  invocation.ClientContext = std::move(context);
  invocation.TraceHeader = std::move(request.TraceHeader);
  auto outcome = co_await call_function(engine_, caller_, arn, std::move(invocation));
  result.FunctionError = std::move(outcome.FunctionError);
  result.Payload = std::move(outcome.Payload);
  if (request.LogType == "Tail") result.LogResult = base64(outcome.LogTail);
  co_return result;
}

}  // namespace doorbuster::engine
