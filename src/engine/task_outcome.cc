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

// As the names of errors spell them.
struct ServiceName {
  std::string_view service;
  std::string_view spelled;
  std::string_view exception;  // what its SDK makes of an error that it has no class for
};
constexpr std::array<ServiceName, 9> kServices = {{
    {"lambda", "Lambda", "AWSLambdaException"},
    {"sqs", "SQS", "AmazonSQSException"},
    {"sns", "SNS", "AmazonSNSException"},
    {"states", "StepFunctions", "AWSStepFunctionsException"},
    {"aws-sdk:s3", "S3", "S3Exception"},
    {"aws-sdk:sqs", "Sqs", "SqsException"},
    {"aws-sdk:sns", "Sns", "SnsException"},
    {"aws-sdk:lambda", "Lambda", "LambdaException"},
    {"aws-sdk:sfn", "Sfn", "SfnException"},
}};

const ServiceName* name_of(std::string_view service) {
  const auto* found = std::find_if(kServices.begin(), kServices.end(),
                                   [&](const auto& each) { return each.service == service; });
  return found == kServices.end() ? nullptr : found;
}

// Only if it is a string.
std::string string_in(const json::value& object, std::string_view member) {
  const auto* members = object.if_object();
  const auto* text = members ? members->if_contains(member) : nullptr;
  return text && text->is_string() ? std::string(text->get_string()) : "";
}

}  // namespace

json::value payload_of(const cloud::InvokeResult& result) {
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

json::value invoke_result(const cloud::InvokeResult& result) {
  json::object output{{"ExecutedVersion", result.ExecutedVersion}};
  if (!result.LogResult.empty()) output["LogResult"] = result.LogResult;
  if (result.StatusCode == kOk) output["Payload"] = payload_of(result);
  output["StatusCode"] = result.StatusCode;
  return output;
}

void add_metadata(const states::Resource& resource, const std::string& request_id,
                  json::value& output) {
  auto* members = output.if_object();
  const bool optimised = resource.kind == states::Resource::Kind::integration &&
                         !resource.service.starts_with(kSdk);
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

TaskFailure failure_of(std::string_view service, const cloud::Error& error) {
  const ServiceName* known = name_of(service);
  const std::string name(known ? known->spelled : service.substr(service.find(':') + 1));
  std::string code = error.code();
  if (!code.ends_with("Exception")) code += "Exception";
  if (known && code == "AccessDeniedException") code = known->exception;
  return {name + '.' + code, error.message() + " (Service: " + name +
                                 ", Status Code: " + std::to_string(error.status()) + ")"};
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
  if (text.size() <= states::kCauseMax) return text;
  // A byte that is cut off is one less in the text, or more where it is escaped.
  const std::size_t excess = text.size() - states::kCauseMax;
  const std::size_t left = record.cause.size() - std::min(record.cause.size(), excess);
  shorter.cause = states::first_bytes(record.cause, left);
  write();
  return text;
}

}  // namespace doorbuster::engine
