#include "wire/errors.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "wire/encoding.h"
#include "wire/operations.h"

namespace doorbuster::wire {
namespace {

using Names = std::pair<std::string_view, std::string_view>;

// The error codes of the Query API, from the "error" traits of SQS's API model.
constexpr std::array sqs_codes = {
    Names{"BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"},
    Names{"BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"},
    Names{"EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"},
    Names{"InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"},
    Names{"MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"},
    Names{"PurgeQueueInProgress", "AWS.SimpleQueueService.PurgeQueueInProgress"},
    Names{"QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"},
    Names{"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"},
    Names{"QueueNameExists", "QueueAlreadyExists"},
    Names{"TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"},
    Names{"UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"},
};

// What is wrong with a request's credentials, in services that speak JSON alone.
// https://docs.aws.amazon.com/step-functions/latest/apireference/CommonErrors.html
constexpr std::array json_codes = {
    Names{"AccessDenied", "AccessDeniedException"},
    Names{"IncompleteSignature", "IncompleteSignatureException"},
    Names{"InvalidClientTokenId", "UnrecognizedClientException"},
    Names{"MissingAuthenticationToken", "MissingAuthenticationTokenException"},
    Names{"SignatureDoesNotMatch", "InvalidSignatureException"},
};

// What every service's frame refuses a request with, before the service sees it.
constexpr std::array<std::string_view, 6> frame_codes = {
    "IncompleteSignatureException",        "InvalidSignatureException",
    "MissingAuthenticationTokenException", "SerializationException",
    "UnknownOperationException",           "UnrecognizedClientException",
};

std::string_view second_name(std::span<const Names> table, std::string_view code) {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const Names& names) { return names.first == code; });
  return found == table.end() ? code : found->second;
}

void append_element(std::string& out, std::string_view name, std::string_view text) {
  ((out += '<') += name) += '>';
  append_xml_text(out, text);
  ((out += "</") += name) += '>';
}

}  // namespace

std::string_view query_code(std::string_view service, std::string_view code) {
  return service == "sqs" ? second_name(sqs_codes, code) : code;
}

cloud::Error in_json(std::string_view service, const cloud::Error& error) {
  const Service* its = find_service(service);
  if (its == nullptr || !its->version.empty()) return error;
  return {std::string(second_name(json_codes, error.code())), error.message(), error.status(),
          error.reason()};
}

std::string json_error(std::string_view space, const cloud::Error& error) {
  const bool is_frames =
      std::find(frame_codes.begin(), frame_codes.end(), error.code()) != frame_codes.end();
  std::string out = "{\"__type\":";
  std::string type(is_frames ? "com.amazon.coral.service" : space);
  append_json_string(out, type.empty() ? error.code() : (type += '#') += error.code());
  out += ",\"message\":";
  append_json_string(out, error.message());
  return out += '}';
}

std::string query_error(std::string_view service, std::string_view xml_namespace,
                        const cloud::Error& error, std::string_view request_id) {
  std::string out = "<?xml version=\"1.0\"?><ErrorResponse xmlns=\"";
  out += xml_namespace;
  out += "\"><Error>";
  append_element(out, "Type", error.is_sender_fault() ? "Sender" : "Receiver");
  append_element(out, "Code", query_code(service, error.code()));
  append_element(out, "Message", error.message());
  out += "<Detail/></Error>";
  append_element(out, "RequestId", request_id);
  return out += "</ErrorResponse>";
}

}  // namespace doorbuster::wire
