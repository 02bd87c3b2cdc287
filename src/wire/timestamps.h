// Points in time, in the ways that AWS's protocols write them. All are UTC.
//
// All may be called from any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cloud/async.h"

namespace doorbuster::wire {

// "2026-11-27T00:00:00.000Z"; read without the milliseconds too.
std::string iso8601(cloud::Time time);
std::optional<cloud::Time> from_iso8601(std::string_view text);

// RFC 9110's IMF-fixdate, "Fri, 27 Nov 2026 00:00:00 GMT".
std::string http_date(cloud::Time time);
std::optional<cloud::Time> from_http_date(std::string_view text);

// "20261127T000000Z", as signatures have it.
std::string amz_date(cloud::Time time);
std::optional<cloud::Time> from_amz_date(std::string_view text);

// Seconds since 1970, with as many decimals of the milliseconds as it needs.
std::string epoch_seconds(cloud::Time time);

}  // namespace doorbuster::wire
