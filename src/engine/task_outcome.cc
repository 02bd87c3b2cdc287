#include "engine/task_outcome.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <utility>

#include "documents/json_text.h"
#include "engine/text.h"
#include "states/characters.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

constexpr int kOk = 200;
constexpr std::string_view kSdk = "aws-sdk:";

// As errors spell it.
struct ServiceName {
  std::string_view service;
  std::string_view spelled;  // before the error's name
  std::string_view client;   // of its SDK, which makes an exception of what it has no class for
};
constexpr std::array<ServiceName, 12> kServices = {{
    {"lambda", "Lambda", "AWSLambda"},
    {"sqs", "SQS", "AmazonSQS"},
    {"sns", "SNS", "AmazonSNS"},
    {"states", "StepFunctions", "AWSStepFunctions"},
    {"s3", "S3", "AmazonS3"},
    {"aws-sdk:s3", "S3", "S3"},
    {"aws-sdk:sqs", "Sqs", "Sqs"},
    {"aws-sdk:sns", "Sns", "Sns"},
    {"aws-sdk:lambda", "Lambda", "Lambda"},
    {"aws-sdk:sfn", "Sfn", "Sfn"},
    {"aws-sdk:iam", "Iam", "Iam"},
    {"aws-sdk:sts", "Sts", "Sts"},
}};

ServiceName name_of(std::string_view service) {
  const auto* found = std::find_if(kServices.begin(), kServices.end(),
                                   [&](const auto& each) { return each.service == service; });
  return found == kServices.end() ? ServiceName{service, service, service} : *found;
}

// The optimised integrations speak by an older SDK than the others.
std::string cause_of(const ServiceName& name, const cloud::Error& error,
                     const std::string& request_id) {
  const std::string client(name.client);
  const std::string status = std::to_string(error.status());
  if (name.service.starts_with(kSdk)) {
    return error.message() + " (Service: " + client + ", Status Code: " + status +
           ", Request ID: " + request_id + ") (SDK Attempt Count: 1)";
  }
  return error.message() + " (Service: " + client + "; Status Code: " + status +
         "; Error Code: " + error.code() + "; Request ID: " + request_id + "; Proxy: null)";
}

// Only if it is a string.
std::string string_in(const json::value& object, std::string_view member) {
  const auto* members = object.if_object();
  const auto* text = members ? members->if_contains(member) : nullptr;
  return text && text->is_string() ? std::string(text->get_string()) : "";
}

}  // namespace

json::value payload_of(cloud::InvocationOutcome result) {
  if (result.Answer) return *std::move(result.Answer);
  auto payload = documents::from_text(result.Payload.empty() ? "null" : result.Payload);
  if (result.FunctionError.empty()) {
    if (!payload) throw TaskFailure{"Lambda.Unknown", "The function's answer is not JSON"};
    return *std::move(payload);
  }
  std::string type = payload ? string_in(*payload, "errorType") : "";
  if (!type.empty()) throw TaskFailure{std::move(type), result.Payload};
  throw TaskFailure{"Lambda.Unknown",
                    "The cause could not be determined because Lambda did not return an error "
                    "type. Returned payload: " +
                        result.Payload};
}

json::value invoke_result(json::value payload) {
  return json::object{
      {"ExecutedVersion", "$LATEST"}, {"Payload", std::move(payload)}, {"StatusCode", kOk}};
}

json::value invoke_result(const cloud::InvokeResult& result) {
  json::object output{{"ExecutedVersion", result.ExecutedVersion}};
  if (!result.LogResult.empty()) output["LogResult"] = result.LogResult;
  if (result.StatusCode == kOk) {
    cloud::InvocationOutcome outcome;
    outcome.Payload = result.Payload;
    outcome.FunctionError = result.FunctionError;
    output["Payload"] = payload_of(std::move(outcome));
  }
  output["StatusCode"] = result.StatusCode;
  return output;
}

void add_metadata(const states::Resource& resource, const std::string& request_id,
                  json::value& output) {
  auto* members = output.if_object();
  const bool optimised =
      resource.kind == states::Resource::Kind::integration && !resource.service.starts_with(kSdk);
  if (!optimised || members == nullptr) return;
  const char* type = "application/x-amz-json-1.0";
  if (resource.service == "lambda") type = "application/json";
  if (resource.service == "sns") type = "text/xml";
  const auto* status = members->if_contains("StatusCode");
  json::object http;
  http["AllHttpHeaders"] = json::object{{"Content-Type", json::array{type}},
                                        {"x-amzn-RequestId", json::array{request_id}}};
  http["HttpHeaders"] = json::object{{"Content-Type", type}, {"x-amzn-RequestId", request_id}};
  http["HttpStatusCode"] = status == nullptr ? json::value(kOk) : *status;
  (*members)["SdkHttpMetadata"] = std::move(http);
  (*members)["SdkResponseMetadata"] = json::object{{"RequestId", request_id}};
}

TaskFailure failure_of(std::string_view service, const cloud::Error& error,
                       const std::string& request_id) {
  const ServiceName name = name_of(service);
  std::string code = error.code();
  if (!code.ends_with("Exception")) code += "Exception";
  if (code == "AccessDeniedException") code = std::string(name.client) + "Exception";
  return {std::string(name.spelled) + '.' + code, cause_of(name, error, request_id)};
}

json::value nested_result(const ExecutionRecord& record, bool parse_output) {
  json::object result{
      {"ExecutionArn", record.arn},           {"Input", record.input},
      {"InputDetails", {{"Included", true}}}, {"Name", record.name},
      {"StartDate", to_ms(record.started)},   {"StateMachineArn", record.state_machine_arn},
      {"Status", to_string(record.status)},   {"StopDate", to_ms(record.stopped)}};
  if (record.status == states::Status::succeeded) {
    auto output = parse_output ? documents::from_text(record.output) : std::nullopt;
    result["Output"] = output ? *std::move(output) : json::value(record.output);
    result["OutputDetails"] = {{"Included", true}};
  }
  if (!record.error.empty()) result["Error"] = record.error;
  if (!record.cause.empty()) result["Cause"] = record.cause;
  return result;
}

std::string nested_cause(const ExecutionRecord& record) {
  std::string text = documents::to_text(nested_result(record, false));
  if (text.size() <= states::kCauseMax) return text;
  ExecutionRecord shorter = record;
  shorter.input.clear();
  shorter.error = states::first_bytes(record.error, states::kErrorMax);
  const auto write = [&] {
    json::value result = nested_result(shorter, false);
    result.at("InputDetails") = {{"Included", false}};
    text = documents::to_text(result);
  };
  write();
  // A byte that is cut off is one less in the text, or several where it is escaped.
  while (text.size() > states::kCauseMax && !shorter.cause.empty()) {
    const std::size_t size = shorter.cause.size();
    const std::size_t excess = std::min(size, text.size() - states::kCauseMax);
    shorter.cause = states::first_bytes(shorter.cause, std::max(size - excess, size / 2));
    write();
  }
  return text;
}

}  // namespace doorbuster::engine
