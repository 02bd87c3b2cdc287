// How each protocol tells an error.
#pragma once

#include <string>
#include <string_view>

#include "cloud/error.h"

namespace doorbuster::wire {

// SQS has two names for most of its errors: that of the JSON protocol, which cloud/ uses, and the
// one of Query, which JSON answers tell in x-amzn-query-error. The name itself if there is no
// other.
std::string_view query_code(std::string_view service, std::string_view code);

// The error as JSON tells it. What the frame refuses a request with is named as in Query; services
// that don't speak that have names of their own for it.
cloud::Error in_json(std::string_view service, const cloud::Error& error);

std::string json_error(std::string_view space, const cloud::Error& error);
std::string query_error(std::string_view service, std::string_view xml_namespace,
                        const cloud::Error& error, std::string_view request_id);

}  // namespace doorbuster::wire
