// Roles and managed policies: what AWS IAM keeps, on the writer's thread. IAM is global: an account
// has one set of them, whatever the region.
//
// Nothing here decides what anybody may do: an account's identities may do everything to what the
// account owns (see access.h). Operations throw cloud::Error with IAM's codes and then have changed
// nothing.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_Operations.html
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "cloud/iam.h"
#include "engine/turn.h"

namespace doorbuster::engine {

class Roles {
 public:
  void open(const Store& store);

  cloud::Role create(Turn& turn, const std::string& account,
                     const cloud::CreateRoleRequest& request);
  const cloud::Role& get(const std::string& account, const std::string& name) const;
  void destroy(Turn& turn, const std::string& account, const std::string& name);
  cloud::ListRolesResult list(const std::string& account,
                              const cloud::ListRolesRequest& request) const;

  void attach(Turn& turn, const std::string& account,
              const cloud::AttachRolePolicyRequest& request);
  void detach(Turn& turn, const std::string& account,
              const cloud::DetachRolePolicyRequest& request);
  cloud::ListAttachedRolePoliciesResult list_attached(
      const std::string& account, const cloud::ListAttachedRolePoliciesRequest& request) const;

  void put_policy(Turn& turn, const std::string& account,
                  const cloud::PutRolePolicyRequest& request);
  cloud::GetRolePolicyResult policy_of(const std::string& account,
                                       const cloud::GetRolePolicyRequest& request) const;
  void delete_policy_of(Turn& turn, const std::string& account,
                        const cloud::DeleteRolePolicyRequest& request);
  cloud::ListRolePoliciesResult list_policies_of(
      const std::string& account, const cloud::ListRolePoliciesRequest& request) const;

  cloud::ManagedPolicy create_policy(Turn& turn, const std::string& account,
                                     const cloud::CreatePolicyRequest& request);
  // Those of AWS are always there.
  cloud::ManagedPolicy policy(const std::string& account, const std::string& arn) const;
  void destroy_policy(Turn& turn, const std::string& account, const std::string& arn);

 private:
  struct Entry {
    cloud::Role role;
    std::set<std::string> attached;               // ARNs
    std::map<std::string, std::string> policies;  // its own: name, document
  };
  struct Managed {
    cloud::ManagedPolicy policy;
    std::string document;
  };
  using Key = std::pair<std::string, std::string>;  // account, name

  const Entry& find(const std::string& account, const std::string& name) const;
  Entry& find(const std::string& account, const std::string& name);
  int attachments(const std::string& account, const std::string& arn) const;
  static void write(Turn& turn, const std::string& account, const Entry& entry);

  std::map<Key, Entry> roles_;
  std::map<std::string, Managed> policies_;  // by ARN
};

}  // namespace doorbuster::engine
