// What the build puts into this room: see cmake/embed.cmake.
#pragma once

#include <string_view>

namespace doorbuster::shop {

extern const std::string_view kAssets;   // packed by web/pack.mjs
extern const std::string_view kOpenApi;  // openapi.json

}  // namespace doorbuster::shop
