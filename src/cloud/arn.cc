#include "cloud/arn.h"

#include <array>

namespace doorbuster::cloud {

std::optional<Arn> Arn::parse(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (auto& part : parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || text.empty()) return std::nullopt;
  return Arn{std::string(parts[1]), std::string(parts[2]), std::string(parts[3]),
             std::string(parts[4]), std::string(text)};
}

std::string Arn::str() const {
  return "arn:" + partition + ':' + service + ':' + region + ':' + account + ':' + resource;
}

std::string Scope::arn(std::string_view service, std::string_view resource) const {
  return Arn{"aws", std::string(service), region, account, std::string(resource)}.str();
}

}  // namespace doorbuster::cloud
