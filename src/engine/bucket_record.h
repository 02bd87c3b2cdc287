// What the store keeps of a bucket.
#pragma once

#include <string>
#include <string_view>

#include "engine/buckets.h"

namespace doorbuster::engine {

// JSON.
std::string encode(const Bucket& bucket);
// Throws std::exception if it is damaged.
Bucket decode_bucket(std::string_view json);

}  // namespace doorbuster::engine
