// Tags as the store's JSON has them: [[KEY, VALUE], ...].
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "cloud/tag.h"

namespace doorbuster::engine {

inline boost::json::array to_json(const std::vector<cloud::Tag>& tags) {
  boost::json::array all;
  for (const auto& tag : tags) all.push_back(boost::json::array{tag.Key, tag.Value});
  return all;
}

inline std::vector<cloud::Tag> tags_of(const boost::json::value& all) {
  std::vector<cloud::Tag> tags;
  for (const auto& tag : all.as_array()) {
    tags.push_back({std::string(tag.at(0).as_string()), std::string(tag.at(1).as_string())});
  }
  return tags;
}

}  // namespace doorbuster::engine
