#include "engine/access.h"

#include <array>
#include <span>

namespace doorbuster::engine {

bool permitted(const cloud::Caller& caller, std::string_view owner_account, const Policy& policy,
               std::string_view action, std::string_view resource) {
  const bool own = !caller.anonymous && caller.scope.account == owner_account;
  if (policy.empty()) return own;
  const std::string principal = caller.anonymous ? std::string() : caller.principal();
  const std::string_view secure = caller.secure_transport ? "true" : "false";
  // A caller within this process has no address; keys that are unknown stand last.
  const std::array<ContextValue, 4> known{{{"aws:SecureTransport", secure},
                                           {"aws:PrincipalArn", principal},
                                           {"aws:PrincipalAccount", caller.scope.account},
                                           {"aws:SourceIp", caller.source_ip}}};
  const std::size_t unknown = caller.source_ip.empty() ? 1 : 0;
  Request request;
  request.principal = caller.anonymous ? Principal::anonymous() : Principal::aws(principal);
  request.action = action;
  request.resource = resource;
  request.context = std::span(known).first(known.size() - unknown);
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
