#include "engine/policy_principals.h"

#include <algorithm>

#include "engine/policy_json.h"
#include "engine/policy_text.h"

namespace doorbuster::engine {

namespace json = boost::json;

namespace {

Principal::Kind principal_kind(const std::string& name) {
  if (name == "AWS") return Principal::Kind::kAws;
  if (name == "Service") return Principal::Kind::kService;
  if (name == "Federated") return Principal::Kind::kFederated;
  if (name == "CanonicalUser") return Principal::Kind::kCanonicalUser;
  throw PolicyError("unknown kind of principal '" + name + "'");
}

std::string_view last_segment(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// A session of an assumed role, arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION, acts as the role,
// arn:aws:iam::ACCOUNT:role/[PATH/]NAME. Role names are unique within their account.
bool is_session_of_role(std::string_view session, std::string_view role) {
  constexpr std::string_view kSession = "assumed-role/";
  constexpr std::string_view kRole = "role/";
  std::string_view session_resource = arn_part(session, 5);
  const std::string_view role_resource = arn_part(role, 5);
  if (!session_resource.starts_with(kSession) || !role_resource.starts_with(kRole)) return false;
  if (arn_part(session, 4) != arn_part(role, 4)) return false;
  session_resource.remove_prefix(kSession.size());
  return session_resource.substr(0, session_resource.find('/')) == last_segment(role_resource);
}

}  // namespace

PrincipalSet PrincipalSet::parse(const json::value& value) {
  PrincipalSet principals;
  if (value.is_string() && value.get_string() == "*") {
    principals.everyone_ = true;
    return principals;
  }
  if (!value.is_object() || value.get_object().empty()) {
    throw PolicyError("Principal is neither * nor an object of principals");
  }
  for (const auto& field : value.get_object()) {
    const Principal::Kind kind = principal_kind(std::string(field.key()));
    for (std::string& text : strings(field.value(), "Principal")) {
      principals.add(kind, std::move(text));
    }
  }
  return principals;
}

void PrincipalSet::add(Principal::Kind kind, std::string text) {
  if (text.empty()) throw PolicyError("Principal is empty");
  const bool any = text == "*";
  Pattern pattern{.kind = kind, .any = any, .text = std::move(text)};
  if (kind == Principal::Kind::kAws) {
    everyone_ |= any;
    if (!any) parse_aws(pattern);
  }
  patterns_.push_back(std::move(pattern));
}

// An account id, an account's root (which is the same), another ARN, or the unique id that AWS puts
// in the place of a user or role that was deleted.
void PrincipalSet::parse_aws(Pattern& pattern) {
  std::string& text = pattern.text;
  if (text.find_first_of("*?") != std::string::npos) {
    throw PolicyError("a principal cannot contain a wildcard: '" + text + "'");
  }
  pattern.account = is_account_id(text);
  if (pattern.account || text.starts_with("AIDA") || text.starts_with("AROA")) return;
  const std::string account(arn_part(text, 4));
  if (!is_account_id(account) || arn_part(text, 5).empty()) {
    throw PolicyError("invalid principal '" + text + "'");
  }
  if (arn_part(text, 2) == "iam" && arn_part(text, 5) == "root") {
    pattern.account = true;
    text = account;
  }
}

bool PrincipalSet::contains(const Principal& principal) const {
  return everyone_ || std::ranges::any_of(patterns_, [&](const Pattern& pattern) {
           return matches(pattern, principal);
         });
}

bool PrincipalSet::matches(const Pattern& pattern, const Principal& principal) {
  if (pattern.kind != principal.kind) return false;
  if (pattern.any || pattern.text == principal.id) return true;
  if (principal.kind != Principal::Kind::kAws) return false;
  if (pattern.account) return arn_part(principal.id, 4) == pattern.text;
  return is_session_of_role(principal.id, pattern.text);
}

}  // namespace doorbuster::engine
