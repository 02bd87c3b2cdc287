#include "engine/s3_event.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

#include "engine/text.h"

namespace doorbuster::engine {
namespace {

// Those that can be asked for; the most of them never happen here.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html
constexpr std::array<std::string_view, 27> kNames = {
    "s3:IntelligentTiering",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:LifecycleTransition",
    "s3:ObjectAcl:Put",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Put",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:ObjectRestore:Post",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Delete",
    "s3:ObjectTagging:Put",
    "s3:ReducedRedundancyLostObject",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationReplicatedAfterThreshold"};

std::string hex64(std::uint64_t value) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llX", static_cast<unsigned long long>(value));
  return text;
}

// As an HTML form would be: letters, digits and -._*/ as they are, a space as +.
std::string url_encoded(std::string_view key) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text;
  text.reserve(key.size());
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) || c == '-' || c == '.' || c == '_' || c == '*' || c == '/') {
      text.push_back(c);
    } else if (c == ' ') {
      text.push_back('+');
    } else {
      text.append({'%', kDigits[byte >> 4], kDigits[byte & 0xf]});
    }
  }
  return text;
}

}  // namespace

std::string to_json(const S3Event& event) {
  const std::string request = hex64(event.request_id);
  std::string json;
  json.reserve(900);
  json.append(R"({"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":")")
      .append(event.region)
      .append(R"(","eventTime":")")
      .append(iso8601(event.time))
      .append(R"(","eventName":")")
      .append(event.name)
      .append(R"(","userIdentity":{"principalId":"AWS:)")
      .append(event.account)
      .append(R"("},"requestParameters":{"sourceIPAddress":"127.0.0.1"},)")
      .append(R"("responseElements":{"x-amz-request-id":")")
      .append(request)
      .append(R"(","x-amz-id-2":")")
      .append(request)
      .append(R"("},"s3":{"s3SchemaVersion":"1.0","configurationId":)")
      .append(json_string(event.configuration_id))
      .append(R"(,"bucket":{"name":")")
      .append(event.bucket)
      .append(R"(","ownerIdentity":{"principalId":")")
      .append(event.account)
      .append(R"("},"arn":"arn:aws:s3:::)")
      .append(event.bucket)
      .append(R"("},"object":{"key":")")
      .append(url_encoded(event.key));
  if (!event.etag.empty()) {
    json.append(R"(","size":)")
        .append(std::to_string(event.size))
        .append(R"(,"eTag":")")
        .append(event.etag);
  }
  return json.append(R"(","sequencer":")").append(hex64(event.sequencer)).append(R"("}}}]})");
}

std::string test_event(std::string_view bucket, std::uint64_t request_id, cloud::Time time) {
  const std::string request = hex64(request_id);
  return R"({"Service":"Amazon S3","Event":"s3:TestEvent","Time":")" + iso8601(time) +
         R"(","Bucket":")" + std::string(bucket) + R"(","RequestId":")" + request +
         R"(","HostId":")" + request + R"("})";
}

bool wants(const cloud::NotificationDestination& destination, std::string_view event_name,
           std::string_view key) {
  if (!key.starts_with(destination.FilterPrefix) || !key.ends_with(destination.FilterSuffix)) {
    return false;
  }
  return std::any_of(destination.Events.begin(), destination.Events.end(),
                     [event_name](std::string_view pattern) {
                       pattern.remove_prefix(std::string_view("s3:").size());
                       if (!pattern.ends_with('*')) return pattern == event_name;
                       pattern.remove_suffix(1);
                       return event_name.starts_with(pattern);
                     });
}

bool is_event_name(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

}  // namespace doorbuster::engine
