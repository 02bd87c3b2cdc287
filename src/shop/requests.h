// What the shop and the console ask of a request.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/handler.h"

namespace doorbuster::shop {

// A form of another site can't send this type, so a browser asks us first, and is told nothing.
bool is_json(const wire::RequestHead& head);

// Whether the client would rather have a page than JSON.
bool is_browser(const wire::RequestHead& head);

// HEAD is a GET.
bool is_method(std::string_view wanted, std::string_view method);

// What the path has for the pattern's "*" (empty if it has none), if it matches.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path);

// Throws Problem: 413 if it is more than `bytes_max`, 400 if it is broken.
cloud::Async<std::string> read_body(gateway::Request& request, std::size_t bytes_max);

}  // namespace doorbuster::shop
