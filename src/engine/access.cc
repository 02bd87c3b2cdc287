#include "engine/access.h"

#include <string>
#include <vector>

namespace doorbuster::engine {

bool permitted(const cloud::Caller& caller, std::string_view owner_account, const Policy& policy,
               std::string_view action, std::string_view resource) {
  const bool own = !caller.anonymous && caller.scope.account == owner_account;
  if (policy.empty()) return own;
  const std::string principal = caller.anonymous ? std::string() : caller.principal();
  std::string_view account = caller.scope.account;
  if (caller.anonymous) account = "anonymous";
  std::vector<ContextValue> known{
      {"aws:SecureTransport", caller.secure_transport ? "true" : "false"},
      {"aws:PrincipalAccount", account}};
  if (!caller.anonymous) known.push_back({"aws:PrincipalArn", principal});
  // A caller within this process has no address.
  if (!caller.source_ip.empty()) known.push_back({"aws:SourceIp", caller.source_ip});
  Request request;
  request.principal = caller.anonymous ? Principal::anonymous() : Principal::aws(principal);
  request.action = action;
  request.resource = resource;
  request.context = known;
  switch (policy.evaluate(request)) {
    case Decision::kDenied:
      return false;
    case Decision::kAllowed:
      return true;
    case Decision::kNotMentioned:
      return own;
  }
  return false;
}

}  // namespace doorbuster::engine
