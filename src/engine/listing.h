// The keys of a bucket, page by page. May be called from any thread.
#pragma once

#include <cstdint>

#include "cloud/s3.h"
#include "engine/store.h"

namespace doorbuster::engine {

// Throw InvalidArgument.
cloud::ListObjectsResult list_objects(const Store& store, std::uint32_t bucket,
                                      const cloud::ListObjectsRequest& request);
// `owner` is told if the request asks for it.
cloud::ListObjectsV2Result list_objects_v2(const Store& store, std::uint32_t bucket,
                                           const cloud::ListObjectsV2Request& request,
                                           const cloud::Owner& owner);

}  // namespace doorbuster::engine
