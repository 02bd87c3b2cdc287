// Which of S3's operations a request is for: by its method, by what its address names, and by the
// sub-resource in its query.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
#include <algorithm>
#include <array>

#include "documents/utf8.h"
#include "wire/encoding.h"
#include "wire/rest.h"

namespace doorbuster::wire {
namespace {

constexpr std::uint64_t s3_document_max = 8 << 20;
constexpr std::uint64_t object_max = std::uint64_t{5} << 30;

// All that S3 has, here or not.
constexpr std::array<std::string_view, 39> sub_resources = {"abac",
                                                            "accelerate",
                                                            "acl",
                                                            "analytics",
                                                            "attributes",
                                                            "cors",
                                                            "delete",
                                                            "encryption",
                                                            "intelligent-tiering",
                                                            "inventory",
                                                            "legal-hold",
                                                            "lifecycle",
                                                            "location",
                                                            "logging",
                                                            "metadataConfiguration",
                                                            "metadataInventoryTable",
                                                            "metadataJournalTable",
                                                            "metadataTable",
                                                            "metrics",
                                                            "notification",
                                                            "object-lock",
                                                            "policy",
                                                            "publicAccessBlock",
                                                            "ownershipControls",
                                                            "policyStatus",
                                                            "renameObject",
                                                            "replication",
                                                            "requestPayment",
                                                            "restore",
                                                            "retention",
                                                            "select",
                                                            "session",
                                                            "tagging",
                                                            "torrent",
                                                            "uploadId",
                                                            "uploads",
                                                            "versioning",
                                                            "versions",
                                                            "website"};

bool has_parameter(std::string_view query, std::string_view wanted) {
  const auto name = take_until(wanted, '=');
  const auto value = parameter(query, name);
  return value && (wanted.empty() || *value == wanted);
}

bool fits(const Rest& rest, const RequestHead& head, Rest::On on) {
  return rest.method == head.method && rest.on == on &&
         (rest.query.empty() || has_parameter(head.query, rest.query)) &&
         (rest.header.empty() || head.header(rest.header));
}

// Whether the query names a sub-resource that the operation is not about.
bool is_about_another(const Rest& rest, std::string_view query) {
  std::string_view own = rest.query;
  own = take_until(own, '=');
  return std::any_of(sub_resources.begin(), sub_resources.end(), [&](std::string_view name) {
    return name != own && has_parameter(query, name);
  });
}

// How a request is signed and what SDKs note, which says nothing of what it is about.
bool is_envelope(std::string_view name) {
  constexpr std::array<std::string_view, 4> all = {"AWSAccessKeyId", "Expires", "Signature",
                                                   "x-id"};
  constexpr std::string_view prefix = "x-amz-";
  return equal_ignoring_case(name.substr(0, prefix.size()), prefix) ||
         std::find(all.begin(), all.end(), name) != all.end();
}

// Whether a change of a bucket says more than the operation knows. S3 goes on getting
// sub-resources, and to remove one that has come since must not be to remove the bucket.
bool says_more(const Rest& rest, std::string_view query) {
  if (rest.on != Rest::On::bucket || rest.method == "GET" || rest.method == "HEAD") return false;
  std::string_view own = rest.query;
  own = take_until(own, '=');
  while (!query.empty()) {
    std::string_view one = take_until(query, '&');
    const std::string name = unescaped(take_until(one, '='), true);
    if (!name.empty() && name != own && !is_envelope(name)) return true;
  }
  return false;
}

// "BUCKET.DOMAIN" or "BUCKET.s3.DOMAIN"; empty if the bucket is in the path.
std::string_view bucket_of_host(std::string_view host, std::string_view domain) {
  host = host.substr(0, host.find(':'));
  if (domain.empty() || !host.ends_with(domain)) return {};
  host.remove_suffix(domain.size());
  if (!host.ends_with('.')) return {};
  host.remove_suffix(1);
  if (host == "s3") return {};
  constexpr std::string_view service = ".s3";
  if (host.ends_with(service)) host.remove_suffix(service.size());
  return host;
}

cloud::Error not_implemented() {
  return {"NotImplemented",
          "A header or query you provided implies functionality that is not implemented.", 501};
}

cloud::Error why_none(const RequestHead& head, const Route& route) {
  const bool is_form = head.method == "POST" && route.key.empty() && !route.bucket.empty();
  if (is_form) return {"NotImplemented", "Uploads by a browser's form are not implemented.", 501};
  return {"MethodNotAllowed", "The specified method is not allowed against this resource.", 405};
}

bool takes_stream(const Operation& operation) {
  const auto fields = operation.input->fields;
  return std::any_of(fields.begin(), fields.end(), [](const Field& field) {
    return field.place == Place::payload && field.shape->kind == Kind::body;
  });
}

void choose_operation(Route& route, const RequestHead& head) {
  Rest::On on = Rest::On::service;
  if (!route.bucket.empty()) on = route.key.empty() ? Rest::On::bucket : Rest::On::key;
  const auto rows = s3_service.operations;
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const Operation& one) { return fits(one.rest, head, on); });
  const bool found = row != rows.end();
  const Rest rest = found ? row->rest : Rest{};
  if (is_about_another(rest, head.query) || says_more(rest, head.query)) {
    route.error = not_implemented();
  } else if (!found) {
    route.error = why_none(head, route);
  } else {
    route.operation = &*row;
    route.streams = takes_stream(*row);
    if (route.streams) route.body_max = object_max;
  }
}

// There are no versions here: the only one is "null".
bool names_version(std::string_view query) {
  const auto version = parameter(query, "versionId");
  return version && *version != "null" && !version->empty();
}

}  // namespace

Route s3_route(const RequestHead& head, std::string_view domain) {
  constexpr std::size_t key_max = 1024;
  Route route;
  route.service = "s3";
  route.body_max = s3_document_max;
  std::string_view path = head.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  const auto of_host = bucket_of_host(head.header("host").value_or(""), domain);
  route.bucket = of_host.empty() ? unescaped(take_until(path, '/'), false) : std::string(of_host);
  route.key = unescaped(path, false);
  if (route.bucket.empty() && !route.key.empty()) {
    route.error = cloud::Error("InvalidBucketName", "The specified bucket is not valid.");
  } else if (route.key.size() > key_max) {
    route.error = cloud::Error("KeyTooLongError", "Your key is too long");
  } else if (!documents::is_utf8(route.key)) {
    route.error = cloud::Error("InvalidURI", "Couldn't parse the specified URI.");
  } else if (names_version(head.query)) {
    route.error = not_implemented();
  } else {
    choose_operation(route, head);
  }
  return route;
}

}  // namespace doorbuster::wire
