// Cross-origin resource sharing: which pages of other origins a bucket lets in.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
#pragma once

#include <optional>

#include "cloud/s3.h"

namespace doorbuster::engine {

// Throws MalformedXML, InvalidRequest.
void check_cors(const cloud::CORSConfiguration& configuration);

// What the first rule that fits the request says to it; nothing if none does.
std::optional<cloud::OptionsObjectResult> evaluate(const cloud::CORSConfiguration& configuration,
                                                   const cloud::OptionsObjectRequest& request);

}  // namespace doorbuster::engine
