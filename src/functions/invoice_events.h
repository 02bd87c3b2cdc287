// The events that bring invoices: S3's, with the envelope of the SNS topic in between around them
// or without.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/async.h"

namespace doorbuster::functions {

struct CreatedObject {
  std::string bucket;
  std::string key;                        // decoded
  std::uint64_t size = 0;                 // bytes, 0 if the event doesn't say
  std::optional<cloud::Time> created_at;  // to the second
};

// A message is no event of S3's. It will not become one.
class NotAnS3Event : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The objects whose creation the body of a message tells of, in its order; none if it tells of
// something else, or is the test that S3 sends when notifications are set up. Throws NotAnS3Event.
std::vector<CreatedObject> parse_s3_event(std::string_view body);

}  // namespace doorbuster::functions
