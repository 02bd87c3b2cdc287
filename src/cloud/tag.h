// What somebody calls a resource for himself.
#pragma once

#include <string>

namespace doorbuster::cloud {

struct Tag {
  std::string Key;
  std::string Value;

  friend bool operator==(const Tag&, const Tag&) = default;
};

}  // namespace doorbuster::cloud
