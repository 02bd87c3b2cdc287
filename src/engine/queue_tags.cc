#include "engine/queue_tags.h"

#include "documents/utf8.h"

namespace doorbuster::engine {
namespace {

constexpr std::size_t kTagsMax = 50;
constexpr std::size_t kKeyMax = 128;    // characters
constexpr std::size_t kValueMax = 256;  // characters

cloud::Error invalid(const std::string& why) {
  return {"InvalidParameterValue", why};
}

}  // namespace

void check_tags(const std::string& queue_name, const cloud::TagMap& tags) {
  for (const auto& [key, value] : tags) {
    if (key.empty() || documents::count_characters(key) > kKeyMax) {
      throw invalid("Tag keys must be between 1 and 128 characters in length.");
    }
    if (key.starts_with("aws:")) throw invalid("Tag keys can't begin with aws:, which is AWS's.");
    if (documents::count_characters(value) > kValueMax) {
      throw invalid("Tag values must be between 0 and 256 characters in length.");
    }
  }
  if (tags.size() > kTagsMax) throw invalid("Too many tags added for queue " + queue_name + ".");
}

}  // namespace doorbuster::engine
