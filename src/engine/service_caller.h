// A service that acts on behalf of a resource.
#pragma once

#include <array>
#include <string_view>

#include "engine/policy.h"

namespace doorbuster::engine {

// S3 for a bucket, SNS for a topic. It refers to what it names.
struct ServiceCaller {
  std::string_view service;  // "s3.amazonaws.com"
  std::string_view source_arn;
  std::string_view account;

  // What policies can ask about.
  std::array<ContextValue, 2> context() const {
    return {{{"aws:SourceArn", source_arn}, {"aws:SourceAccount", account}}};
  }
};

}  // namespace doorbuster::engine
