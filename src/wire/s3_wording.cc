#include "wire/s3_wording.h"

#include <string>

namespace doorbuster::wire {
namespace {

cloud::Error missing_header(std::string_view name) {
  return {"InvalidRequest", "Missing required header for this request: " + std::string(name)};
}

cloud::Error invalid_argument(std::string_view what) {
  return {"InvalidArgument", std::string(what)};
}

cloud::Error missing_element(std::string_view) {
  return {"MalformedXML",
          "The XML you provided was not well-formed or did not validate against our published "
          "schema"};
}

}  // namespace

constinit const Wording s3_head_wording{.missing = missing_header, .malformed = invalid_argument};
constinit const Wording s3_xml_wording{.missing = missing_element, .malformed = missing_element};

}  // namespace doorbuster::wire
