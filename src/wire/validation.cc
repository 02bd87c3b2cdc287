#include "wire/validation.h"

#include <string>

namespace doorbuster::wire {
namespace {

cloud::Error missing(std::string_view member) {
  std::string name(member);
  if (name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return cloud::Error("ValidationError", "1 validation error detected: Value null at '" + name +
                                             "' failed to satisfy constraint: Member must not be "
                                             "null");
}

cloud::Error malformed(std::string_view what) {
  return cloud::Error("MalformedInput", std::string(what));
}

}  // namespace

constinit const Wording validation_wording{.missing = missing, .malformed = malformed};

}  // namespace doorbuster::wire
