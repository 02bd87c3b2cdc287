// The JSON that S3 tells others by that something happened in a bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cloud/async.h"
#include "cloud/s3.h"

namespace doorbuster::engine {

struct S3Event {
  std::string_view name;  // "ObjectCreated:Put"
  std::string_view configuration_id;
  std::string_view bucket;
  std::string_view region;
  std::string_view account;
  std::string_view key;
  std::string_view etag;  // hex, without quotation marks; empty for a removal
  std::uint64_t size = 0;
  std::uint64_t sequencer = 0;  // grows with every change of the same key
  std::uint64_t request_id = 0;
  cloud::Time time{};
};

std::string to_json(const S3Event& event);

// What a destination is sent when a bucket is set up to notify it.
std::string test_event(std::string_view bucket, std::uint64_t request_id, cloud::Time time);

// Whether a destination asked for an event of that name, on an object of that key. A configuration
// names events with "s3:" before them and may end them in "*".
bool wants(const cloud::NotificationDestination& destination, std::string_view event_name,
           std::string_view key);

// Whether a configuration can name such an event ("s3:ObjectCreated:*", "s3:ObjectRemoved:Delete").
bool is_event_name(std::string_view name);

}  // namespace doorbuster::engine
