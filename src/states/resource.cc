#include "states/resource.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace doorbuster::states {
namespace {

using Kind = Resource::Kind;
using Pattern = Resource::Pattern;

constexpr std::array<std::pair<std::string_view, Pattern>, 3> kPatterns = {{
    {".sync:2", Pattern::sync2},
    {".sync", Pattern::sync},
    {".waitForTaskToken", Pattern::wait_for_task_token},
}};

std::string_view suffix(Pattern pattern) {
  for (const auto& [text, known] : kPatterns) {
    if (known == pattern) return text;
  }
  return "";
}

// arn:aws:SERVICE:REGION:ACCOUNT:REST
struct Arn {
  std::string_view service, region, account, rest;
};

std::optional<Arn> split(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const std::size_t size = text.find(':');
    if (size == std::string_view::npos) return std::nullopt;
    part = text.substr(0, size);
    text.remove_prefix(size + 1);
  }
  if (parts[0] != "arn" || !parts[1].starts_with("aws") || text.empty()) return std::nullopt;
  return Arn{.service = parts[2], .region = parts[3], .account = parts[4], .rest = text};
}

// SERVICE:ACTION[.PATTERN] or aws-sdk:SERVICE:ACTION[.PATTERN]
std::optional<Resource> integration(std::string_view arn, std::string_view rest) {
  Resource resource{
      .kind = Kind::integration, .arn = std::string(arn), .service = {}, .action = {}};
  for (const auto& [text, pattern] : kPatterns) {
    if (!rest.ends_with(text)) continue;
    rest.remove_suffix(text.size());
    resource.pattern = pattern;
    break;
  }
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == rest.size()) {
    return std::nullopt;
  }
  resource.service = rest.substr(0, colon);
  resource.action = rest.substr(colon + 1);
  // Only the SDK's services have a name of two parts.
  const bool sdk = resource.service.starts_with("aws-sdk");
  if (sdk != (resource.service.find(':') != std::string::npos)) return std::nullopt;
  return resource;
}

}  // namespace

std::optional<Resource> parse_resource(std::string_view text) {
  const auto arn = split(text);
  if (!arn) return std::nullopt;
  if (arn->service == "states" && arn->region.empty() && arn->account.empty()) {
    return integration(text, arn->rest);
  }
  Resource resource{.kind = Kind::function, .arn = std::string(text), .service = {}, .action = {}};
  if (arn->service == "lambda" && arn->rest.starts_with("function:")) return resource;
  if (arn->service != "states" || !arn->rest.starts_with("activity:")) return std::nullopt;
  resource.kind = Kind::activity;
  return resource;
}

std::string resource_type(const Resource& resource) {
  return resource.service;
}

std::string resource_action(const Resource& resource) {
  return resource.action + std::string(suffix(resource.pattern));
}

}  // namespace doorbuster::states
