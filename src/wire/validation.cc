#include "wire/validation.h"

#include <string>

namespace doorbuster::wire {
namespace {

std::string must_not_be_null(std::string_view member) {
  std::string name(member);
  if (name[0] >= 'A' && name[0] <= 'Z') name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return "1 validation error detected: Value null at '" + name +
         "' failed to satisfy constraint: Member must not be null";
}

cloud::Error missing(std::string_view member) {
  return {"ValidationError", must_not_be_null(member)};
}

cloud::Error missing_of_exceptions(std::string_view member) {
  return {"ValidationException", must_not_be_null(member)};
}

cloud::Error malformed(std::string_view what) {
  return cloud::Error("MalformedInput", std::string(what));
}

cloud::Error malformed_of_exceptions(std::string_view what) {
  return {"ValidationException", std::string(what)};
}

}  // namespace

constinit const Wording validation_wording{.missing = missing, .malformed = malformed};
constinit const Wording validation_exception_wording{.missing = missing_of_exceptions,
                                                     .malformed = malformed_of_exceptions};

}  // namespace doorbuster::wire
