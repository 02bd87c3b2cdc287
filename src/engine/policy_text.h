// How policies compare text: without case, with wildcards, by the parts of an ARN. ASCII only, as
// AWS's names are. Nothing here allocates.
#pragma once

#include <optional>
#include <string_view>

namespace doorbuster::engine {

bool equal_ignoring_case(std::string_view a, std::string_view b);

// Whether `text` is of the form of `pattern`, in which * stands for any characters and ? for one.
bool glob(std::string_view pattern, std::string_view text);
bool glob_ignoring_case(std::string_view pattern, std::string_view text);

// As glob(), but each of the six parts of an ARN is compared by itself: a wildcard does not reach
// over a colon, except within the last. A lone * is any ARN.
bool arn_like(std::string_view pattern, std::string_view arn);

// Part number `index` of an ARN, of which the last, 5, is the resource; empty if it is no ARN.
std::string_view arn_part(std::string_view arn, int index);

// Takes the part before the next colon, and the colon, off `rest`; nothing if there is none.
std::optional<std::string_view> take_part(std::string_view& rest);

bool is_account_id(std::string_view text);

}  // namespace doorbuster::engine
