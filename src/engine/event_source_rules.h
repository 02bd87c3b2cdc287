// What an event-source mapping may say, and how it is kept: pure functions. They throw cloud::Error
// InvalidParameterValueException and ValidationException.
// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cloud/lambda.h"
#include "engine/filter_policy.h"

namespace doorbuster::engine {

// All that can be said without knowing the queue and the function.
void check(const cloud::EventSourceMappingConfiguration& mapping);

// Compiled. AWS calls a filter's text a pattern.
std::vector<FilterPolicy> patterns_of(const cloud::EventSourceMappingConfiguration& mapping);

struct StoredMapping {
  cloud::EventSourceMappingConfiguration mapping;
  std::map<std::string, std::string> tags;
};
std::string encode(const cloud::EventSourceMappingConfiguration& mapping,
                   const std::map<std::string, std::string>& tags);
StoredMapping decode_mapping(std::string_view json);

}  // namespace doorbuster::engine
