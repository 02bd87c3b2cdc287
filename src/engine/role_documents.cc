#include "engine/role_documents.h"

#include <algorithm>
#include <boost/json.hpp>
#include <string>

#include "cloud/error.h"
#include "engine/policy.h"

namespace doorbuster::engine {
namespace {

namespace json = boost::json;

// The longest that IAM takes at all, whatever its quota says.
constexpr std::size_t kDocumentBytesMax = 131'072;

[[noreturn]] void malformed(const std::string& why) {
  throw cloud::Error("MalformedPolicyDocument", why);
}

void complete(json::value& value, const char* absent, const char* prohibited) {
  auto* statement = value.if_object();
  if (!statement) malformed("Syntax errors in policy.");
  for (const std::string& name : {std::string(absent), "Not" + std::string(absent)}) {
    if (statement->contains(name)) malformed(prohibited);
  }
  (*statement)[absent] = "*";
}

// A resource's policy says who (Principal) may do what (Resource). IAM's have one of the two only:
// with the other filled in they must be policies of that kind. Under the older Version, "${" stands
// for itself: policy variables are IAM's to expand.
void check(std::string_view document, const char* absent, const char* prohibited) {
  json::error_code bad;
  json::value policy = json::parse(document, bad);
  if (bad || !policy.is_object()) malformed("This policy contains invalid Json");
  auto& fields = policy.get_object();
  if (auto* version = fields.if_contains("Version"); version && *version == "2012-10-17") {
    *version = "2008-10-17";
  }
  if (auto* statements = fields.if_contains("Statement")) {
    if (auto* several = statements->if_array()) {
      for (auto& statement : *several) complete(statement, absent, prohibited);
    } else {
      complete(*statements, absent, prohibited);
    }
  }
  try {
    Policy::parse(json::serialize(policy), 2 * kDocumentBytesMax);
  } catch (const PolicyError& e) {
    malformed(std::string("Syntax errors in policy: ") + e.what());
  }
}

}  // namespace

void check_trust_policy(std::string_view document) {
  if (document.size() > kDocumentBytesMax) malformed("The policy is too long.");
  check(document, "Resource", "Has prohibited field Resource");
}

void check_identity_policy(std::string_view document) {
  if (document.size() > kDocumentBytesMax) malformed("The policy is too long.");
  check(document, "Principal", "Policy document should not specify a principal.");
}

std::size_t document_size(std::string_view document) {
  return static_cast<std::size_t>(
      std::count_if(document.begin(), document.end(), [](unsigned char c) { return c > ' '; }));
}

}  // namespace doorbuster::engine
